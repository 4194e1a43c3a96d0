//! The page's entry point.

fn main() {
    drydock::app::start();
}
