"""Networks: model cards, engines, and the detector and plate readers that run on them."""
