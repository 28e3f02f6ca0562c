//! How owners of keys are told: the server that e-mail goes by, the addresses that webhooks may have, and the task that
//! carries.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use argus_credentials::{MasterKey, Secret};
use argus_insight::notify::{Carrier, Channels, Mailer, Post, Posting, SmtpSettings};
use argus_pdp::{Outbound, Reach, SystemLookup};
use argus_store::Store;
use reqwest::Url;

use super::failure::settings;
use super::trust::read_networks;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long an answer of a webhook, and a step with a mail server, may take where nothing is set.
const WEBHOOK_SECONDS: u32 = 10;
const SMTP_SECONDS: u32 = 20;

/// The longest that may be set: a claim on a delivery has to outlast it.
const LONGEST_SECONDS: u32 = 40;

/// What was set of notices.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) smtp_url: Option<String>,
    pub(super) smtp_from: Option<String>,
    pub(super) smtp_ca_file: Option<PathBuf>,
    pub(super) smtp_seconds: Option<u32>,
    /// Private networks that webhooks may be in.
    pub(super) networks: Vec<String>,
    pub(super) plain_http: bool,
    pub(super) webhook_seconds: Option<u32>,
}

/// By what ways notices are carried.
#[derive(Debug, Default)]
pub(super) struct Notices {
    smtp: Option<SmtpSettings>,
    authorities: Option<PathBuf>,
    reach: Reach,
}

impl Notices {
    pub(super) fn read(asked: Asked) -> Result<Self, Failure> {
        let patience = |seconds: Option<u32>, usual, flag| {
            let seconds = seconds.unwrap_or(usual);
            let is_right = (1..=LONGEST_SECONDS).contains(&seconds);
            is_right.then(|| Duration::from_secs(seconds.into())).ok_or_else(|| {
                settings(format!("{seconds} s is no time that a notice may take"))
                    .help(format!("set 1 to {LONGEST_SECONDS} with {flag}"))
            })
        };
        let of_smtp = patience(asked.smtp_seconds, SMTP_SECONDS, "--smtp-seconds (ARGUS_SMTP_SECONDS)")?;
        let of_webhooks =
            patience(asked.webhook_seconds, WEBHOOK_SECONDS, "--webhook-seconds (ARGUS_WEBHOOK_SECONDS)")?;
        let smtp = match (asked.smtp_url, asked.smtp_from) {
            (Some(url), Some(from)) => Some(smtp(&url, from, of_smtp)?),
            (None, None) => None,
            _ => {
                return Err(settings("e-mail needs a server and a sender")
                    .help("name both, with --smtp-url (ARGUS_SMTP_URL) and --smtp-from (ARGUS_SMTP_FROM)"));
            }
        };
        let networks = read_networks(&asked.networks, "--webhook-networks (ARGUS_WEBHOOK_NETWORKS)")?;
        let reach = Reach { networks, patience: of_webhooks, ..Reach::default() };
        let reach = if asked.plain_http { reach.with_this_machine() } else { reach };
        Ok(Self { smtp, authorities: asked.smtp_ca_file, reach })
    }

    /// What carries by these ways. Nothing is sent yet.
    pub(super) fn carrier(&self, store: &Store, master: Option<Arc<MasterKey>>) -> Result<Carrier, Failure> {
        let our_fault = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Bug, "internal", format!("notices can't be carried: {error}"))
        };
        let mailer = self.smtp.as_ref().map(|smtp| Mailer::new(smtp, self.authorities.as_deref())).transpose();
        let mailer = mailer.map_err(|fault| {
            settings(fault.to_string())
                .help("correct --smtp-from (ARGUS_SMTP_FROM) or --smtp-ca-file (ARGUS_SMTP_CA_FILE)")
        })?;
        let webhooks = match master {
            Some(master) => {
                let client = Outbound::start(self.reach.clone(), Arc::new(SystemLookup));
                let client: Arc<dyn Post> = Arc::new(Client(client.map_err(|error| our_fault(&error))?));
                Some((master, client))
            }
            None => None,
        };
        Carrier::new(store.clone(), Channels { mailer, webhooks }).map_err(|error| our_fault(&error))
    }
}

/// The client that asks no address that it may not.
struct Client(Outbound);

impl Post for Client {
    fn post(&self, posting: Posting) -> Pin<Box<dyn Future<Output = Result<u16, String>> + Send>> {
        let client = self.0.clone();
        Box::pin(async move {
            let Posting { url, headers, body } = posting;
            client.post(&url, &headers, body).await.map_err(|fault| fault.to_string())
        })
    }
}

/// Reads where a mail server is, and as whom it is spoken to. What it says is not repeated: it may hold a password.
fn smtp(url: &str, from: String, patience: Duration) -> Result<SmtpSettings, Failure> {
    let wrong = || {
        settings("the address of the mail server can't be read").help(
            "write `smtps://NAME:PASSWORD@HOST:PORT`, or `smtp://…` for STARTTLS, in --smtp-url (ARGUS_SMTP_URL); what \
             stands in a name or a password besides letters and digits as `%XX`",
        )
    };
    let parsed = Url::parse(url).map_err(|_| wrong())?;
    let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?.trim_matches(['[', ']']);
    let is_plain = parsed.query().is_none() && parsed.fragment().is_none() && matches!(parsed.path(), "" | "/");
    if !is_plain || !matches!(parsed.scheme(), "smtp" | "smtps") {
        return Err(wrong());
    }
    let login = match (parsed.username(), parsed.password()) {
        ("", None) => None,
        (name, password) => {
            let name = plain(name).ok_or_else(wrong)?;
            Some((name, Secret::new(plain(password.unwrap_or_default()).ok_or_else(wrong)?)))
        }
    };
    Ok(SmtpSettings {
        host: host.to_owned(),
        port: parsed.port(),
        is_tls_from_the_start: parsed.scheme() == "smtps",
        is_this_machine: ["localhost", "127.0.0.1", "::1"].contains(&host),
        login,
        from,
        patience,
    })
}

/// A part of a URL without its percent signs (RFC 3986 §2.1).
fn plain(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let [high, low] = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
                u8::try_from(high? * 16 + low?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<SmtpSettings, Failure> {
        smtp(url, "argus@acme.example".to_owned(), Duration::from_secs(1))
    }

    #[test]
    fn a_mail_server_is_named_by_its_address() {
        let plain = read("smtp://localhost:2525").unwrap();
        assert_eq!((plain.host.as_str(), plain.port), ("localhost", Some(2525)));
        assert!(plain.is_this_machine && !plain.is_tls_from_the_start && plain.login.is_none());
        let secure = read("smtps://ada%40acme.example:p%3As%25@mail.acme.example").unwrap();
        assert!(secure.is_tls_from_the_start && !secure.is_this_machine && secure.port.is_none());
        let (name, password) = secure.login.unwrap();
        assert_eq!((name.as_str(), password.expose()), ("ada@acme.example", "p:s%"));
        for wrong in ["mail.acme.example", "http://mail", "smtp://", "smtp://mail/x", "smtp://a:s3cret%zz@mail"] {
            let told = read(wrong).unwrap_err().to_text();
            assert!(told.contains("--smtp-url") && !told.contains("s3cret"), "{wrong}: {told}");
        }
    }

    #[test]
    fn what_is_set_of_notices_is_bounded_and_goes_together() {
        let told = |asked: Asked| Notices::read(asked).unwrap_err().to_text();
        let alone = told(Asked { smtp_from: Some("argus@acme.example".to_owned()), ..Asked::default() });
        assert!(alone.contains("--smtp-url"), "{alone}");
        let never = told(Asked { webhook_seconds: Some(61), ..Asked::default() });
        assert!(never.contains("--webhook-seconds"), "{never}");
        let nowhere = told(Asked { networks: vec!["10.0.0.0/33".to_owned()], ..Asked::default() });
        assert!(nowhere.contains("--webhook-networks"), "{nowhere}");
        let usual = Notices::read(Asked::default()).unwrap();
        assert!(usual.smtp.is_none() && !usual.reach.allows("127.0.0.1".parse().unwrap()));
        assert_eq!(usual.reach.patience, Duration::from_secs(10));
    }
}
