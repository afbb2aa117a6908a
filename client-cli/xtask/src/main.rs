//! Build both programs in release and run the tour.
fn main() {}
