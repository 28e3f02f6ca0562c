//! `argus compliance soc2|iso27001|pci-dss|gdpr|fips|breach|verify`

mod verify;
mod words;

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::client::{Client, find_key, number, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Hold key management against what assessors ask, with evidence from the running system.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  argus compliance soc2 acme --from 2026-07-01T00:00:00Z --to 2026-10-01T00:00:00Z \\\n      \
    --format html --file soc2.html\n\n\
    Evidence to hand over, and a check of it that needs no server:\n  \
    argus compliance soc2 acme --format pack --file soc2.zip\n  argus compliance verify soc2.zip"
)]
pub(crate) struct Compliance {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// SOC 2: the common criteria on access, monitoring and change. Leaves with 1 where a control wants attention.
    #[command(after_help = "Example:\n  argus compliance soc2 acme --format html --file soc2.html")]
    Soc2(Report),
    /// ISO/IEC 27001:2022, annex A. Leaves with 1 where a control wants attention.
    #[command(
        name = "iso27001",
        after_help = "Example:\n  argus compliance iso27001 acme --format html --file iso.html"
    )]
    Iso27001(Report),
    /// PCI DSS 4.0.1. Leaves with 1 where a control wants attention.
    #[command(after_help = "Example:\n  argus compliance pci-dss acme --format csv --file pci-dss.csv")]
    PciDss(Report),
    /// GDPR, with the register of what is stored of people. Leaves with 1 where a control wants attention.
    #[command(after_help = "Example:\n  argus compliance gdpr acme --format html --file gdpr.html")]
    Gdpr(Report),
    /// Key management by FIPS 140-2 section 4.7, FIPS 140-3 (ISO/IEC 19790 7.9) and NIST SP 800-132. Leaves with 1 where
    /// a control fails.
    #[command(after_help = "Example:\n  argus compliance fips --output json")]
    Fips(Saved),
    /// All that is known of the use of one key: what it touched, when and from where, what was done and who was told, as
    /// GDPR article 33 asks. Leaves with 1 where something wants attention.
    #[command(
        after_help = "Example:\n  argus compliance breach acme/atlas/reader --from 2026-11-20T00:00:00Z \\\n      \
        --format html --file breach.html\n\n\
        It is in every plan: a breach has to be told within 72 hours."
    )]
    Breach(OfKey),
    Verify(verify::Verify),
}

#[derive(Debug, Args)]
struct Report {
    /// Only of this organisation (default: all that your key may read).
    #[arg(value_name = "ORG")]
    organisation: Option<String>,
    #[command(flatten)]
    within: Within,
}

#[derive(Debug, Args)]
struct OfKey {
    /// Its name, such as acme/atlas/reader, or its id.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    within: Within,
}

#[derive(Debug, Args)]
struct Within {
    /// From this time or date on, such as 2026-11-01 (default: 90 days before the end).
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Up to this time, or the beginning of this date in UTC (default: now).
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    #[command(flatten)]
    saved: Saved,
}

#[derive(Debug, Args)]
struct Saved {
    /// The whole report as a document: html, csv or json; or pack, a signed archive of all of them with the audit that
    /// bears them out, for argus compliance verify (default: in words).
    #[arg(long, value_name = "FORM", value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// Where the document is written (default: standard output).
    #[arg(long, value_name = "FILE", requires = "format")]
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Html,
    Csv,
    Json,
    Pack,
}

impl Compliance {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Soc2(report) => report.run(console, "soc2"),
            Verb::Iso27001(report) => report.run(console, "iso27001"),
            Verb::PciDss(report) => report.run(console, "pci-dss"),
            Verb::Gdpr(report) => report.run(console, "gdpr"),
            Verb::Breach(of) => {
                let client = Client::administration(console)?;
                let key = find_key(&client, &of.key)?;
                of.within.run(console, &format!("/v1/compliance/breach/{}", text(&key, "id")), None)
            }
            Verb::Fips(saved) => run_fips(console, &saved),
            Verb::Verify(verify) => verify.run(console),
        }
    }
}

impl Report {
    fn run(self, console: &Console, framework: &str) -> Result<Exit, Failure> {
        self.within.run(console, &format!("/v1/compliance/{framework}"), self.organisation.as_deref())
    }
}

impl Within {
    fn run(self, console: &Console, path: &str, organisation: Option<&str>) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let all = [("organisation", organisation), ("from", self.from.as_deref()), ("to", self.to.as_deref())];
        let query: Vec<_> = all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        if let Some(format) = self.saved.format {
            return self.saved.save(console, &client, (path, &query, format));
        }
        let report = client.get(path, &query)?;
        match output {
            Output::Json => console.print_json(&report)?,
            _ => console.print(words::of_report(&report))?,
        }
        let wants_attention = report.get("summary").is_some_and(|summary| number(summary, "attention") > 0);
        Ok(if wants_attention { Exit::No } else { Exit::Done })
    }
}

fn run_fips(console: &Console, saved: &Saved) -> Result<Exit, Failure> {
    let output = console.output(&[Output::Human, Output::Json])?;
    let client = Client::administration(console)?;
    let path = "/v1/compliance/fips";
    if let Some(format) = saved.format {
        return saved.save(console, &client, (path, &[], format));
    }
    let report = client.get(path, &[])?;
    match output {
        Output::Json => console.print_json(&report)?,
        _ => console.print(words::of_fips(&report))?,
    }
    Ok(if number(&report, "failed") == 0 { Exit::Done } else { Exit::No })
}

impl Saved {
    /// Writes the document as the server makes it.
    fn save(
        &self,
        console: &Console,
        client: &Client,
        (path, query, format): (&str, &[(&str, &str)], Format),
    ) -> Result<Exit, Failure> {
        let (form, media) = format.as_words();
        let query: Vec<_> = query.iter().copied().chain([("format", form)]).collect();
        let Some(file) = &self.file else {
            if format == Format::Pack && io::stdout().is_terminal() {
                return Err(
                    Failure::usage("a pack is no text for a terminal").help("say where it goes with --file FILE")
                );
            }
            client.download_as(media, path, &query, |piece| console.print(piece))?;
            return Ok(Exit::Done);
        };
        let failed = |error: io::Error| Failure::unwritable(format_args!("`{}`", file.display()), &error);
        // What can't be had leaves no empty file behind.
        let mut document = Vec::new();
        client.download_as(media, path, &query, |piece| {
            document.extend_from_slice(piece);
            Ok(())
        })?;
        let mut file = File::create(file).map_err(failed)?;
        file.write_all(&document).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Exit::Done)
    }
}

impl Format {
    /// Its word and its media type.
    const fn as_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Html => ("html", "text/html"),
            Self::Csv => ("csv", "text/csv"),
            Self::Json => ("json", "application/json"),
            Self::Pack => ("pack", "application/zip"),
        }
    }
}
