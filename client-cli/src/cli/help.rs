//! The top page of the help: commands by what one wants to do.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use super::Cli;

/// Groups in the order of the help, and the top-level commands in each.
const GROUPS: &[(&str, &[&str])] = &[
    ("Everyday", &["vote", "unvote", "unlock", "referenda", "referendum", "propose", "send"]),
    (
        "Look",
        &[
            "status",
            "account",
            "treasury",
            "crypto",
            "tracks",
            "members",
            "block",
            "tx",
            "events",
            "proof",
            "verify-proof",
        ],
    ),
    ("Sealed", &["seal", "open", "annex"]),
    ("Keys", &["key", "recovery", "offline-facts", "sign", "tx-send", "sign-payload"]),
    ("Setup", &["tour", "explain", "version"]),
];

/// The whole command tree, with the grouped top page.
pub fn command() -> Command {
    let command = Cli::command().disable_help_subcommand(true);
    let groups = groups(&command);
    let command = each(command, &|command| command.disable_help_subcommand(true));
    let options = "Global options:\n{options}\n\nMore: althing COMMAND --help";
    command.help_template(format!("{{about}}\n\nUsage: {{usage}}\n{groups}\n{options}"))
}

fn each(command: Command, change: &dyn Fn(Command) -> Command) -> Command {
    change(command).mut_subcommands(|command| each(command, change))
}

fn groups(command: &Command) -> String {
    let leaves = leaves(command);
    let width = leaves.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (title, members) in GROUPS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{title}\n");
        for (path, leaf) in &leaves {
            if members.contains(&path.split(' ').next().unwrap_or_default()) {
                let about = leaf.get_about().map(ToString::to_string).unwrap_or_default();
                let _ = writeln!(text, "  {path:width$}   {about}");
            }
        }
    }
    text
}

/// Every command that does something of its own, with its words: `("key new", ...)`.
pub fn leaves(command: &Command) -> Vec<(String, &Command)> {
    let mut found = Vec::new();
    for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
        let name = child.get_name();
        let below = leaves(child);
        // A command whose own commands are optional does something by itself.
        if below.is_empty() || !child.is_subcommand_required_set() {
            found.push((name.to_owned(), child));
        }
        found.extend(below.into_iter().map(|(path, leaf)| (format!("{name} {path}"), leaf)));
    }
    found
}

/// The lines of a leaf's *Examples* block.
pub fn examples_of(leaf: &Command) -> Vec<String> {
    let text = leaf.get_after_help().map(ToString::to_string).unwrap_or_default();
    let lines = text.lines().skip_while(|line| *line != "Examples:").skip(1);
    lines.take_while(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn the_tree_is_consistent() {
        command().debug_assert();
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_is_in_exactly_one_group() {
        let tree = command();
        let names: Vec<_> = tree.get_subcommands().map(Command::get_name).collect();
        let grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let mut sorted = (names.clone(), grouped.clone());
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        assert_eq!(sorted.0, sorted.1);
    }

    #[test]
    fn every_leaf_has_at_least_two_examples_of_itself() {
        let tree = command();
        for (path, leaf) in leaves(&tree) {
            let examples = examples_of(leaf);
            assert!(examples.len() >= 2, "{path}: {examples:?}");
            for example in &examples {
                let is_call = example.contains("althing ") && example.contains(&path);
                assert!(is_call, "{path}: {example}");
            }
            assert!(leaf.get_about().is_some(), "{path}");
        }
    }

    #[test]
    fn the_top_page_lists_every_leaf() {
        let mut tree = command();
        let page = tree.render_help().to_string();
        for (path, _) in leaves(&command()) {
            assert!(page.contains(&format!("  {path} ")), "{path}\n{page}");
        }
    }
}
