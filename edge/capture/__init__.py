"""Where frames come from: one third-party runtime a file, behind the FrameSource port."""
