//! Figures for people. A parallel number never stands without its serial one.

use core::fmt::Write;

use super::figures::{Figures, PhaseFigures};
use super::machine::Machine;
use super::measure::{float, ratio};

/// All that is known of a run, as lines.
pub(crate) fn describe(figures: &Figures) -> String {
    let mut text = machine(&figures.machine);
    if figures.parts.is_empty() {
        one(&mut text, figures);
    }
    for part in &figures.parts {
        one(&mut text, part);
    }
    text
}

/// The machine, as a line.
pub(crate) fn machine(machine: &Machine) -> String {
    let Machine { processor, cores, memory_mib, load, build } = machine;
    let (memory, cores) = (memory_mib / 1024, cores);
    let warning = if build == "debug" { ": its numbers say nothing" } else { "" };
    format!(
        "machine    {processor}, {cores} cores, {memory} GiB, load {load}; {build} build{warning}\n"
    )
}

/// So many workers, in words.
pub(crate) fn workers(count: usize) -> String {
    if count == 1 { "1 worker".to_owned() } else { format!("{count} workers") }
}

fn one(text: &mut String, figures: &Figures) {
    // Writing into a string cannot fail.
    let _ = write_one(text, figures);
}

fn write_one(text: &mut String, figures: &Figures) -> core::fmt::Result {
    let Figures { transactions, accounts, runs, workers, .. } = figures;
    writeln!(text, "\nworkload   {}", figures.title())?;
    let mebibytes = float(figures.block_bytes) / (1024.0 * 1024.0);
    let limits = if figures.limits_lifted { "limits of a block lifted" } else { "limits kept" };
    writeln!(
        text,
        "blocks     {runs} of {transactions} transactions, {mebibytes:.1} MiB, {accounts} accounts, \
         {} changed rows; {limits}",
        figures.changed_rows,
    )?;
    let signed = figures.signed.as_ref().map_or_else(
        || "signatures count as verified before".to_owned(),
        |scheme| format!("signatures verified: {scheme}, {} backends", figures.verifier),
    );
    let end = if figures.persisted { "durable on disk" } else { "until the root is known" };
    writeln!(text, "measured   from {}; {end}", from(figures, &signed))?;
    writeln!(text)?;
    let line = |text: &mut String, name: &str, (wall, cpu): (f64, f64), rest: &str| {
        let tps = ratio(1e6, wall);
        writeln!(text, "{name:<22}{wall:>9.2} us/tx {tps:>10.0} tx/s {cpu:>9.2} us cpu/tx{rest}")
    };
    let PhaseFigures { serial_us_per_tx, one_worker_us_per_tx, parallel_us_per_tx } = figures.cpu;
    line(text, "serial", (figures.serial_us_per_tx, serial_us_per_tx), "")?;
    let overhead = format!("   x {:.2} of serial", figures.one_worker_overhead);
    line(text, "one worker", (figures.one_worker_us_per_tx, one_worker_us_per_tx), &overhead)?;
    let speedup = format!("   speed-up {:.2}", figures.speedup);
    let name = self::workers(*workers);
    line(text, &name, (figures.parallel_us_per_tx, parallel_us_per_tx), &speedup)?;
    writeln!(text)?;
    writeln!(
        text,
        "conflicts  {} waited for another; critical path {}; serial share {:.1} %; failed calls {}",
        figures.conflicts,
        figures.critical_path,
        figures.serial_share * 100.0,
        figures.failed_calls,
    )?;
    phases(text, figures)?;
    let roots = if figures.roots_match { "equal in all modes" } else { "DIFFER" };
    writeln!(text, "roots      {roots}")
}

fn from(figures: &Figures, signed: &str) -> String {
    if figures.signed.is_some() || figures.persisted {
        format!("the block's bytes, {signed}")
    } else {
        format!("decoded transactions, {signed}")
    }
}

fn phases(text: &mut String, figures: &Figures) -> core::fmt::Result {
    if figures.phases.is_empty() {
        return Ok(());
    }
    writeln!(text, "phases     us/tx          serial   one worker     parallel")?;
    for name in
        ["prepare", "verify", "initialize", "graph", "execute", "finalize", "commit", "body"]
    {
        let PhaseFigures { serial_us_per_tx, one_worker_us_per_tx, parallel_us_per_tx } =
            figures.phase(name);
        writeln!(
            text,
            "           {name:<12}{serial_us_per_tx:>9.3}    {one_worker_us_per_tx:>9.3}    \
             {parallel_us_per_tx:>9.3}"
        )?;
    }
    if figures.persisted {
        let ahead = if figures.signed.is_some() {
            "; in parallel signatures are checked ahead, outside of verify"
        } else {
            ""
        };
        writeln!(text, "           not in them: decoding, and what the store does{ahead};")?;
        writeln!(text, "           in parallel these overlap with the phases of other blocks")?;
    }
    Ok(())
}
