//! Finds QR codes in a picture of a screen.
