//! The stack of the module, in bytes.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=1048576");
}
