//! What a decision costs over HTTP: the server's CPU time a request, as a share of a handler that does nothing.
//!
//! `cargo run --release -p argus-tests --bin load` starts the program with the shipped policies and a server that reads
//! and writes bodies of the same sizes, and drives both in turns over loopback. Absolute figures move with the hour and
//! the machine; the shares, taken in turns in one run, do not. CPU time is the server's process alone, as the kernel
//! counts it: the clients run on the same machine and don't count.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for developers: it prints, and may fail with a panic"
)]

mod do_nothing;
mod report;
mod requests;

use std::time::Duration;

use anyhow::{Result, ensure};
use argus_tests::http::once;
use argus_tests::load::Load;
use argus_tests::program::Server;
use argus_tests::walk::Keys;
use clap::Parser;

use report::{Measure, Report};
use requests::Asked;

/// Drives `POST /pdp` and `/v1/verify` in turns with a handler that does nothing, and tells what each costs.
#[derive(Debug, Parser)]
#[command(after_help = "Example:\n  cargo run --release -p argus-tests --bin load -- --output json")]
struct Options {
    /// Seconds of each turn.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Turns of each measure.
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// Clients at once, each with a connection of its own.
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// `human` or `json`.
    #[arg(long, default_value = "human", value_parser = ["human", "json"])]
    output: String,
    /// Be the handler that does nothing.
    #[arg(long, hide = true)]
    do_nothing: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if options.do_nothing {
        return do_nothing::serve();
    }
    let turns = u32::try_from(options.turns)?;
    ensure!(options.seconds * f64::from(turns) <= 9.0, "all turns of a measure together may last 9 seconds");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&options))?;
    match options.output.as_str() {
        "json" => println!("{}", report.json()),
        _ => print!("{report}"),
    }
    Ok(())
}

/// Argus otherwise than it comes: what costs more, or less.
const OTHERWISE: [&[(&str, &str)]; 4] = [
    &[("ARGUS_USAGE", "off")],
    &[("ARGUS_DECISION_LOG", "all")],
    &[("ARGUS_TRACE_SHARE", "1%")],
    &[("ARGUS_TRACE_SHARE", "100%")],
];

async fn measure(options: &Options) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let baseline = do_nothing::Process::start()?;
    let collector = format!("http://{}", baseline.address);
    let mut servers = vec![Server::start(&folder.path().join("data"))?];
    for (number, set) in OTHERWISE.iter().enumerate() {
        servers.push(Server::start_with(&folder.path().join(number.to_string()), |command| {
            command.envs(set.iter().copied());
            if set.iter().any(|(name, _)| *name == "ARGUS_TRACE_SHARE") {
                command.env("ARGUS_OTLP_ENDPOINT", &collector);
            }
        })?);
    }
    let mut asked = Vec::new();
    for server in &servers {
        asked.push(requests::all(&Keys::create(server).await?));
    }
    let mut measures = Vec::new();
    for kind in 0..asked[0].len() {
        let of_kind: Vec<_> = servers.iter().zip(asked.iter().map(|asked| &asked[kind])).collect();
        measures.push(measure_kind(options, &baseline, &of_kind).await?);
    }
    Ok(Report { measures, clients: options.clients })
}

/// All servers in turns with one kind of request: what each turn shows met the same machine.
async fn measure_kind(
    options: &Options,
    baseline: &do_nothing::Process,
    servers: &[(&Server, &Asked)],
) -> Result<Measure> {
    let load = |address, pid, request: &[u8]| Load {
        address,
        pid,
        requests: vec![request.to_vec()],
        clients: options.clients,
        lasts: Duration::from_secs_f64(options.seconds),
        status: 200,
    };
    let mut answer_bytes = 0;
    let mut loads = Vec::new();
    for (server, asked) in servers {
        let answer = once(server.pdp, &asked.request).await?;
        asked.check(&answer)?;
        answer_bytes = answer.body.len();
        loads.push(load(server.pdp, server.pid(), &asked.request));
    }
    let asked = servers[0].1;
    loads.insert(0, load(baseline.address, baseline.pid(), &baseline_request(asked, answer_bytes)));
    for load in &loads {
        let warm = Load { lasts: Duration::from_millis(200), ..load.clone() };
        warm.run().await?;
    }
    let mut measured = Measure::new(asked.name, asked.body_bytes, answer_bytes);
    for _ in 0..options.turns {
        let mut turn = Vec::new();
        for load in &loads {
            turn.push(load.run().await?);
        }
        measured.add(&turn);
    }
    Ok(measured)
}

/// The same request, to the path that is answered with as many bytes.
fn baseline_request(asked: &Asked, answer_bytes: usize) -> Vec<u8> {
    let from = format!("POST {} ", asked.path);
    let to = format!("POST /{answer_bytes} ");
    [to.as_bytes(), asked.request.strip_prefix(from.as_bytes()).unwrap()].concat()
}
