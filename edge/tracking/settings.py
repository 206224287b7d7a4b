"""The constants of the tracker: one set for every camera. Sizes are the geometric mean of a box's width and height."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How boxes are joined and how long a track is waited for. Times are of the frames' own clock."""

    confident: float = 0.3
    """Detections from here on may start a track and recover a lost one; weaker ones continue what was seen lately."""
    lately_s: float = 1.0
    """How long ago that may be."""
    double_iou: float = 0.75
    """Two boxes of one kind that overlap more than this are one vehicle seen twice."""
    nested: float = 0.8
    """A box that shares this much of the smaller of the two with one already known..."""
    nested_area: float = 0.4
    """... and is at least this share of its size starts no track: a bus is far larger than the car before it."""
    joint_inside: float = 0.8
    """A box that holds this much of each of two known vehicles..."""
    joint_part: float = 0.9
    """... neither of which is larger than this share of it..."""
    joint_filled: float = 0.5
    """... and which fill so much of it together..."""
    joint_hull: float = 0.7
    """... and whose common outline overlaps it so much, is one box around both..."""
    joint_alone: float = 0.75
    """... unless it overlaps one of them so much..."""
    joint_better: float = 0.05
    """... and the common outline by no more than this better."""
    held_s: float = 20.0
    """Vehicles in such a box are kept where its edges say for so long."""
    nest: float = 0.8
    """A new track that shares this much of the smaller of the two with a known one of its kind..."""
    nest_s: float = 0.5
    """... seen no longer ago than this..."""
    nest_wait_s: float = 1.0
    """... may be that one, found twice, and is not told of for so long while both are seen so..."""
    nest_edge: float = 0.15
    """... and goes on for it when that one is lost and two edges, the lower among them, agree by this, in sizes."""
    out_speed: float = 0.25
    """A box cut by the border of the picture, whose opposite edge nears that border by so many sizes a second..."""
    out_area: float = 0.5
    """... and which is smaller than this share of the largest it was, drives out..."""
    out_room: float = 0.15
    """... and comes no farther in again than this, in sizes of the largest."""

    confirm_s: float = 0.1
    """A new track is confirmed when it was seen twice at least, over this long..."""
    confirm_evidence: float = 0.3
    """... and its detections are worth this together..."""
    doubt: float = 0.4
    """... each by what its confidence exceeds this: two sure ones, or several that are less so..."""
    confirm_best: float = 0.65
    """... and one of them is as sure as this: what is always doubtful and stands is no vehicle."""
    confirm_travel: float = 1.0
    """What has moved by so many sizes needs neither..."""
    confirm_driven: int = 6
    """... when it was seen so often: what is false does not drive through the picture for long."""
    tentative_s: float = 0.4
    """A track not yet confirmed is given up after this."""
    coast_s: float = 0.25
    """A track that is missed is taken to be where it was expected for so long..."""
    coast_gaps: float = 2.0
    """... and for so many times as long as it was ever missed before: who was always found is gone, not missed."""
    leave_s: float = 0.8
    """A lost track whose way led out of the picture is given up after this."""
    lost_s: float = 3.0
    """Any other lost track is given up after this..."""
    covered_s: float = 20.0
    """... unless another vehicle stands before the place where it should be..."""
    parked_s: float = 120.0
    """... or it stood still when last seen."""
    look_s: float = 1.0
    """One frame without a track is at most this long an absence: nobody looked in between."""

    still_s: float = 2.0
    """A track that stayed on one spot this long stands still."""
    still_travel: float = 0.15
    """How far, in sizes, a standing vehicle's anchor may wander by jitter."""

    weight_iou: float = 0.6
    weight_motion: float = 0.3
    weight_hash: float = 0.1
    weight_class: float = 0.25
    """What another class of the same kind costs besides: a bus does not become the car behind it."""
    cost_limit: float = 0.8
    """A pair dearer than this is never joined; the other weights add up to 1."""
    odd_area: float = 1.3
    """A box this much larger or smaller than expected says less of where the vehicle is."""
    gate_sigma: float = 3.5
    """How many standard deviations a detection may lie from where the track should be."""
    area_ratio: float = 3.0
    """How much larger or smaller the box may have become..."""
    still_area_ratio: float = 1.6
    """... and how much that of a vehicle that stands still or was long lost: they do not come nearer."""
    part_inside: float = 0.8
    """A box lying this much inside the expected one..."""
    part_area: float = 0.75
    """... and no larger than this share of it is a part of the vehicle..."""
    part_area_still: float = 0.88
    """(the same share for a vehicle that stands still: it cannot have become smaller otherwise)"""
    part_hidden: float = 0.5
    """... when at least this share of the rest lies behind something nearer..."""
    part_ratio: float = 8.0
    """... and it is not smaller than one in this many."""
    part_worth: float = 0.6
    """Overlap that a part lying wholly inside counts for."""
    alike_bits: int = 10
    """Hash distance up to which two crops are as good as equal."""
    unlike_bits: int = 34
    """Hash distance from which two crops have nothing in common."""
    far_bits: int = 32
    """Largest hash distance of a pair whose boxes hardly overlap."""
    lost_bits: int = 32
    """Largest hash distance at which a lost track is recovered unless the boxes overlap well."""
    lost_reach: float = 1.0
    """How far, in sizes, from where it should be a lost track is recovered by a box that does not overlap it..."""
    lost_reach_s: float = 0.75
    """... and how much farther for every second it was gone. Beyond that braking and turning would take more than tyres
    hold: another vehicle of like looks."""
    long_lost_s: float = 2.0
    """A track lost for longer is recovered only by boxes of its size and of its looks."""

    poses: int = 6
    """Hashes remembered for each track; the memory is bounded however long a vehicle stands."""
    pose_bits: int = 8
    """A view this different from every remembered one is a new pose."""

    place_s: float = 2.0
    """A new track in the place where one vanished so shortly before is the same vehicle..."""
    place_iou: float = 0.3
    """... when the boxes overlap so much..."""
    place_moved: float = 0.5
    """... and it was so slow that it would not have gone farther than this, in sizes."""
    way_s: float = 8.0
    """A vehicle that moved when it was last seen is expected so long where its way leads..."""
    way_least: float = 0.5
    """... so many sizes away at least..."""
    way_onward: float = 0.6
    """... when it drove towards there and the new track drives away from it (the cosine of the angle, at least)..."""
    way_share: tuple[float, float] = (0.2, 2.0)
    """... having gone such a share of what the faster of both speeds would have brought it..."""
    way_bits: int = 28
    """... and looking no more different than this."""
    return_s: float = 60.0
    """A vehicle out of sight is recognised for so long, by its plate..."""
    return_bits: int = 14
    """... or by its looks, when they differ by no more than this..."""
    return_margin_bits: int = 3
    """... and no other vehicle's that is gone comes so near to them..."""
    return_reach: float = 1.5
    """... and the like views lie within so many sizes of each other, and so do its end and its new beginning."""
    jump_bits: int = 24
    """Looks that differ by more from every view remembered may be another vehicle's..."""
    jump_overlap: float = 0.1
    """... or a box that shares less than this of the smaller one with the box before."""
