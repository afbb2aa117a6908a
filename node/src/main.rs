//! The node's program: see [`althing_node::cli`].

fn main() -> std::process::ExitCode {
    althing_node::cli::main()
}
