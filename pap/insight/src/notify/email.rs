//! E-mail, by any server that speaks SMTP: inside TLS (`smtps://`), turned to TLS (`smtp://`, which is required), or in
//! the clear to this very machine.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use argus_http::{TlsFault, tls_fault};
use argus_store::contact::Contact;
use argus_store::delivery::Delivery;
use lettre::address::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::letter;

/// Which server e-mail goes by.
pub struct SmtpSettings {
    /// Its host.
    pub host: String,
    /// Its port; the usual one unless set.
    pub port: Option<u16>,
    /// Whether TLS begins before SMTP does.
    pub is_tls_from_the_start: bool,
    /// Whether the host is this very machine, to which nothing is encrypted.
    pub is_this_machine: bool,
    /// As whom it is spoken to.
    pub login: Option<(String, argus_credentials::Secret)>,
    /// Whom messages are from.
    pub from: String,
    /// How long one step of an exchange may take.
    pub patience: Duration,
}

/// Why no e-mail can be sent by these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpSettingsFault {
    /// The sender is no address.
    #[error("`{0}` is no address of e-mail")]
    From(String),
    /// The authorities can't be read.
    #[error("the authorities of the mail server can't be read: {0}")]
    Authorities(String),
    /// TLS can't be prepared.
    #[error("TLS to the mail server can't be prepared: {0}")]
    Tls(String),
}

/// Sends e-mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Whether a file names the authorities.
    has_authorities: bool,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotSent {
    /// It may be next time.
    Again(String),
    /// It never will be.
    Never(String),
    /// Whom it is for says to be gone for good.
    Gone,
}

impl Mailer {
    /// Prepares the connections; each message has its own, and none is made yet. `authorities` is a file in PEM, in the place of the usual ones.
    pub fn new(settings: &SmtpSettings, authorities: Option<&Path>) -> Result<Self, SmtpSettingsFault> {
        let from: Mailbox = settings.from.parse().map_err(|_| SmtpSettingsFault::From(settings.from.clone()))?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host);
        let (tls, port) = if settings.is_this_machine && !settings.is_tls_from_the_start {
            (Tls::None, 25)
        } else {
            let parameters = tls_parameters(&settings.host, authorities)?;
            let is_wrapped = settings.is_tls_from_the_start;
            if is_wrapped { (Tls::Wrapper(parameters), 465) } else { (Tls::Required(parameters), 587) }
        };
        builder = builder.tls(tls).port(settings.port.unwrap_or(port)).timeout(Some(settings.patience));
        if let Some((name, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(name.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, has_authorities: authorities.is_some() })
    }

    /// Sends what a delivery tells. Its `Message-ID` is the same each time.
    pub(super) async fn send(&self, contact: &Contact, delivery: &Delivery) -> Result<(), NotSent> {
        let message = self.message(contact, delivery).map_err(NotSent::Never)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(fault) => {
                // What the server says may name more than a log should; its code is enough.
                let what = match fault.status() {
                    Some(code) => format!("the mail server answers {code}"),
                    None if fault.is_timeout() => "the mail server took too long".to_owned(),
                    None if fault.is_client() => "the mail server offers no STARTTLS, or no way to log in".to_owned(),
                    None if fault.is_tls() => "no TLS with the mail server".to_owned(),
                    None => self.away(&fault),
                };
                Err(if fault.is_permanent() { NotSent::Never(what) } else { NotSent::Again(what) })
            }
        }
    }

    /// What keeps it from being spoken to at all.
    fn away(&self, fault: &lettre::transport::smtp::Error) -> String {
        let Some(tls) = tls_fault(fault) else { return "the mail server can't be reached".to_owned() };
        let next = match tls {
            TlsFault::UnknownIssuer if self.has_authorities => {
                "; the file of --smtp-ca-file (ARGUS_SMTP_CA_FILE) has another"
            }
            TlsFault::UnknownIssuer => "; name a file of its authority with --smtp-ca-file (ARGUS_SMTP_CA_FILE)",
            TlsFault::OtherName(_) => "; name it so in --smtp-url (ARGUS_SMTP_URL)",
            _ => "",
        };
        format!("no TLS with the mail server: {tls}{next}")
    }

    fn message(&self, contact: &Contact, delivery: &Delivery) -> Result<Message, String> {
        let to: Address = contact.address.parse().map_err(|_| "the address is none of e-mail".to_owned())?;
        let letter = letter(&delivery.kind, &delivery.recipient, &delivery.payload);
        let id = format!("<{}.{}@argus.invalid>", delivery.notice_id, contact.id);
        let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let notice = header("Argus-Notice-Id", delivery.notice_id.to_string());
        let robot = header("Auto-Submitted", "auto-generated".to_owned());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .date(delivery.noticed_at.into())
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body)
            .map_err(|fault| format!("the message can't be written: {fault}"))?;
        let headers = message.headers_mut();
        headers.insert_raw(notice);
        headers.insert_raw(robot);
        Ok(message)
    }
}

fn tls_parameters(host: &str, authorities: Option<&Path>) -> Result<TlsParameters, SmtpSettingsFault> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = authorities {
        let fault = |error: &dyn fmt::Display| SmtpSettingsFault::Authorities(format!("{}: {error}", file.display()));
        let pem = std::fs::read(file).map_err(|error| fault(&error))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| fault(&error))?);
    }
    builder.build().map_err(|error| SmtpSettingsFault::Tls(error.to_string()))
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, from, .. } = self;
        let mut shown = f.debug_struct("SmtpSettings");
        shown.field("host", host).field("port", port).field("from", from).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}
