//! Calls are enum variants here and functions to clients: `TransferKeepAlive` is called
//! `transfer_keep_alive` in every tool.

use scale_info::{PortableRegistry, TypeDef};

/// Give the variants of the call enums `calls` the names that clients know.
pub(super) fn name_calls(types: &mut PortableRegistry, calls: impl Iterator<Item = u32>) {
    for id in calls {
        // Identifiers of a registry are positions in it.
        let found = types.types.get_mut(id as usize);
        if let Some(TypeDef::Variant(calls)) = found.map(|found| &mut found.ty.type_def) {
            for call in &mut calls.variants {
                call.name = snake_case(&call.name);
            }
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len().saturating_add(4));
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn calls_are_named_as_functions() {
        assert_eq!(snake_case("TransferKeepAlive"), "transfer_keep_alive");
        assert_eq!(snake_case("Vote"), "vote");
        assert_eq!(snake_case("remark"), "remark");
    }
}
