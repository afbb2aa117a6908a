//! The stack of the module, in bytes: as little as the scheme needs, for memory is paid for.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=-zstack-size=262144");
}
