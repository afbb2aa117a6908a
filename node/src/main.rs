//! The node's program: see [`althing_node::cli`].

/// A block makes hundreds of thousands of small nodes of the state on one thread and drops them on
/// another. The system's allocator spends a quarter of an import on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    althing_node::cli::main()
}
