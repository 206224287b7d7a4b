"""Pure functions over pictures: numpy and OpenCV, no state of the world."""
