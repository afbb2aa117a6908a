//! `althing offline-facts`: what a machine without a network must know to sign, as one file.

use std::path::PathBuf;

use althing_primitives::AccountId;
use serde_json::{Value, json};

use crate::{
    account::Who,
    chain::{Chain, replies::Referendum},
    context::Context,
    offline::{Answer, FactsFile, LIFETIME_DEFAULT, LIFETIME_MAX, write_new},
    output::{Body, CliError, Reply, codes},
    people,
};

/// Arguments of `offline-facts`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  althing --account cold offline-facts --out facts.json
  althing offline-facts --valid-for 512 > facts.json")]
pub struct Arguments {
    /// File to create; without it, the facts go to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// For how many blocks signatures shall be valid: a power of two up to 4096
    #[arg(long, default_value_t = LIFETIME_DEFAULT, value_name = "BLOCKS")]
    valid_for: u32,
}

/// Ask and write down.
pub fn run(arguments: &Arguments, context: &mut Context) -> Result<Reply, CliError> {
    let lifetime = arguments.valid_for;
    if !lifetime.is_power_of_two() || !(4..=LIFETIME_MAX).contains(&lifetime) {
        let message = format!("{lifetime} is not a power of two from 4 to {LIFETIME_MAX}");
        return Err(CliError::new(codes::USAGE, message).fix(["--valid-for 2048"]));
    }
    let keystore = context.keystore()?;
    let mut chain = context.chain()?;
    let accounts: Vec<AccountId> = if let Some(name) = &context.global.account {
        vec![people::resolve(&chain, &keystore, name)?.account()]
    } else {
        let kept = keystore.list()?.into_iter().filter_map(|(_, file)| file.ok());
        kept.map(|file| Who::Kept(Box::new(file)).account()).collect()
    };
    let answers = ask(&mut chain, &accounts)?;
    let facts = FactsFile::new(lifetime, answers);
    let text = facts.text()?;
    let head = chain.info().head.number;
    let data = json!({
        "file": arguments.out.as_ref().map(|path| path.display().to_string()),
        "taken": facts.taken,
        "accounts": accounts.iter().map(|account| chain.address(account)).collect::<Vec<_>>(),
        "valid_until": head.saturating_add(lifetime).saturating_sub(1),
        "facts": if arguments.out.is_none() {
            serde_json::from_str(&text).unwrap_or(Value::Null)
        } else {
            Value::Null
        },
    });
    let body = match &arguments.out {
        Some(path) => {
            write_new(path, &text)?;
            Body::Text(path.display().to_string())
        }
        None => Body::Text(text),
    };
    let hint = "Next, on the other machine: althing --offline FILE --account NAME send TO AMOUNT";
    Ok(Reply::new(data, body).on(chain.tag()).hint(hint))
}

/// Everything that commands which sign ask a node for.
fn ask(chain: &mut Chain, accounts: &[AccountId]) -> Result<Vec<Answer>, CliError> {
    let mut questions: Vec<(&'static str, Vec<Value>)> = vec![
        ("althing_info", Vec::new()),
        ("state_getRuntimeVersion", Vec::new()),
        ("state_getMetadata", Vec::new()),
        ("gov_tracks", Vec::new()),
        ("crypto_schemes", Vec::new()),
        ("crypto_epoch", Vec::new()),
        ("treasury_status", Vec::new()),
    ];
    for account in accounts {
        let address = json!(chain.address(account));
        questions.push(("accounts_account", vec![address.clone()]));
        for row in chain.policy_rows(account)? {
            questions.push(("state_getStorage", vec![json!(row)]));
        }
        questions.push(("gov_ballotsOf", vec![address.clone()]));
        questions.push(("system_accountNextIndex", vec![address]));
    }
    let referenda: Vec<Referendum> = chain.read("gov_referenda", &[])?;
    for referendum in referenda.iter().filter(|referendum| referendum.ended.is_none()) {
        questions.push(("gov_referendum", vec![json!(referendum.index)]));
    }
    let mut answers = Vec::new();
    for (method, params) in questions {
        let answer: Value = chain.read(method, &params)?;
        // Signatures begin with the block at which the first answer was given.
        if method == "althing_info" {
            let number = answer["head"]["number"].clone();
            let hash: Value = chain.read("chain_getBlockHash", std::slice::from_ref(&number))?;
            let method = "chain_getBlockHash".to_owned();
            answers.push(Answer { method, params: vec![number], answer: hash });
        }
        answers.push(Answer { method: method.to_owned(), params, answer });
    }
    Ok(answers)
}
