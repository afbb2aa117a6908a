//! Cost of a block's changes in the state tree, in time per changed row.
//!
//! 80 % of the changes hit existing rows, as in a busy block. `TREE_ROWS` and `TREE_CHANGES` in the
//! environment choose other sizes.

fn main() {}
