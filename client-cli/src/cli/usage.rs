//! Turn what clap refuses into our own error shape.

use std::ffi::OsString;

use clap::{Command, error::ErrorKind};

use crate::{
    near::nearest,
    output::{CliError, codes},
};

/// Whether `--json` is among the arguments, before anything else could be understood.
pub fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--json")
}

/// The words of the command meant, as far as they can be recognised: `key new`.
pub fn command_name(tree: &Command, arguments: &[OsString]) -> String {
    let mut here = tree;
    let mut names = Vec::new();
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word.starts_with('-') {
            if takes_value(tree, word) {
                words.next();
            }
        } else if let Some(child) = here.find_subcommand(word) {
            names.push(child.get_name());
            here = child;
        } else {
            break;
        }
    }
    names.join(" ")
}

fn takes_value(tree: &Command, word: &str) -> bool {
    let flag = word.strip_prefix("--").unwrap_or_default();
    let argument = tree.get_arguments().find(|argument| argument.get_long() == Some(flag));
    argument.is_some_and(|argument| argument.get_action().takes_values())
}

/// A usage error: the first line is clap's message, its tips are the fix.
pub fn usage_error(tree: &Command, arguments: &[OsString], error: &clap::Error) -> CliError {
    let name = command_name(tree, arguments);
    let help =
        if name.is_empty() { "althing --help".into() } else { format!("althing {name} --help") };
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
    ) {
        let message = if name.is_empty() {
            "a command is missing".to_owned()
        } else {
            format!("{name} needs one of its own commands")
        };
        return CliError::new(codes::USAGE, message).fix([help]);
    }

    let text = error.render().to_string();
    let mut lines = text.lines().take_while(|line| !line.starts_with("Usage:")).map(str::trim);
    let first = lines.next().unwrap_or_default();
    let mut message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    let mut fix = Vec::new();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with("For more")) {
        match line.strip_prefix("tip: ") {
            Some(tip) => fix.push(tip.to_owned()),
            None => message = format!("{message} {line}"),
        }
    }
    if let Some(guess) = misspelt(tree, arguments, error, &name) {
        fix = vec![guess];
    }
    fix.push(help);
    CliError::new(codes::USAGE, message).fix(fix)
}

/// A pasteable correction of a misspelt command.
fn misspelt(
    tree: &Command,
    arguments: &[OsString],
    error: &clap::Error,
    name: &str,
) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let here = name.split(' ').filter(|word| !word.is_empty());
    let here = here.fold(tree, |here, word| here.find_subcommand(word).unwrap_or(here));
    let names: Vec<_> = here.get_subcommands().map(Command::get_name).collect();
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let wrong = words.filter(|word| !word.starts_with('-')).nth(name.split_whitespace().count())?;
    let near = nearest(wrong, names)?;
    let words: Vec<_> =
        ["althing", name, near].into_iter().filter(|word| !word.is_empty()).collect();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli, output::Exit};

    fn arguments(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn refuse(line: &str) -> CliError {
        let error = cli::command().try_get_matches_from(arguments(line)).unwrap_err();
        usage_error(&cli::command(), &arguments(line), &error)
    }

    #[test]
    fn the_command_is_recognised_before_it_is_understood() {
        let name = |line| command_name(&cli::command(), &arguments(line));
        assert_eq!(name("althing key new bob --wrong"), "key new");
        assert_eq!(name("althing --url ws://x key list"), "key list");
        assert_eq!(name("althing --json --account key version"), "version");
        assert_eq!(name("althing --json"), "");
    }

    #[test]
    fn json_is_recognised_only_before_the_double_dash() {
        assert!(wants_json(&arguments("althing key --json")));
        assert!(!wants_json(&arguments("althing key -- --json")));
    }

    #[test]
    fn a_slip_gets_a_command_that_can_be_pasted() {
        let refusal = refuse("althing key nwe bob");
        assert_eq!(refusal.exit, Exit::Usage);
        assert_eq!(refusal.fix, ["althing key new", "althing key --help"]);
        assert!(refuse("althing key list --jsn").fix.iter().any(|fix| fix.contains("--json")));
    }

    #[test]
    fn the_message_says_what_is_missing() {
        assert!(refuse("althing key new").message.contains("<NAME>"));
        assert_eq!(refuse("althing key").message, "key needs one of its own commands");
        assert_eq!(refuse("althing").message, "a command is missing");
    }
}
