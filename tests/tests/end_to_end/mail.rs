//! E-mail over STARTTLS: what is not encrypted, or not to whom it is meant for, is not sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use argus_tests::program::Server;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::notices::{asked, fault_of, wait_until};

/// On this machine, but not by one of the names of which that is known: it is spoken to as any other.
const HOST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A mail server, and what it was told.
pub(crate) struct MailServer {
    address: SocketAddr,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    in_the_clear: Vec<String>,
    encrypted: Vec<String>,
}

/// How a conversation ended.
#[derive(PartialEq)]
enum Ended {
    ToTls,
    Over,
}

impl MailServer {
    /// One that turns to TLS, where it has a certificate.
    pub(crate) fn start(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind((HOST, 0)).unwrap();
        let (address, said) = (listener.local_addr().unwrap(), Arc::<Mutex<Said>>::default());
        let told = Arc::clone(&said);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (tls, told) = (tls.clone(), Arc::clone(&told));
                thread::spawn(move || serve(stream.unwrap(), tls, &told));
            }
        });
        Self { address, said }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn encrypted(&self) -> String {
        self.said.lock().unwrap().encrypted.join("\n")
    }

    fn in_the_clear(&self) -> Vec<String> {
        self.said.lock().unwrap().in_the_clear.clone()
    }
}

/// Speaks with one client. Whatever breaks off ends it.
fn serve(mut stream: TcpStream, tls: Option<Arc<ServerConfig>>, said: &Mutex<Said>) {
    let _ = stream.write_all(b"220 mail.acme.example\r\n");
    let greeting =
        if tls.is_some() { "250-mail.acme.example\r\n250 STARTTLS\r\n" } else { "250 mail.acme.example\r\n" };
    let ended = talk(&mut stream, greeting, |line| said.lock().unwrap().in_the_clear.push(line));
    if let (Some(Ended::ToTls), Some(tls)) = (ended, tls) {
        let mut stream = StreamOwned::new(ServerConnection::new(tls).unwrap(), stream);
        talk(&mut stream, "250 mail.acme.example\r\n", |line| said.lock().unwrap().encrypted.push(line));
    }
}

/// SMTP as far as it takes (RFC 5321 §4.1): every line is heard.
fn talk(stream: &mut (impl Read + Write), greeting: &str, mut hear: impl FnMut(String)) -> Option<Ended> {
    let mut is_message = false;
    loop {
        let line = read_line(stream)?;
        hear(line.clone());
        if is_message {
            is_message = line != ".";
            if is_message {
                continue;
            }
        }
        let verb = line.split(' ').next()?.to_ascii_uppercase();
        let (answer, ended) = match verb.as_str() {
            "EHLO" => (greeting, None),
            "STARTTLS" => ("220 go ahead\r\n", Some(Ended::ToTls)),
            "DATA" => ("354 go on\r\n", None),
            "QUIT" => ("221 bye\r\n", Some(Ended::Over)),
            _ => ("250 ok\r\n", None),
        };
        is_message = verb == "DATA";
        stream.write_all(answer.as_bytes()).ok()?;
        stream.flush().ok()?;
        if ended.is_some() {
            return ended;
        }
    }
}

/// A line, octet by octet: nothing behind it may be taken, for it may be TLS.
fn read_line(stream: &mut impl Read) -> Option<String> {
    let (mut line, mut octet) = (Vec::new(), [0]);
    while !line.ends_with(b"\r\n") {
        stream.read_exact(&mut octet).ok()?;
        line.push(octet[0]);
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// The certificate of an authority in `ca.pem`, for this host.
pub(crate) fn certified(folder: &Path) -> Arc<ServerConfig> {
    certified_for(folder, SanType::IpAddress(HOST.into()), |_| {})
}

/// The same for some name, changed before it is made.
pub(crate) fn certified_for(
    folder: &Path,
    name: SanType,
    change: impl FnOnce(&mut CertificateParams),
) -> Arc<ServerConfig> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    std::fs::write(folder.join("ca.pem"), authority.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, key);
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![name];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

/// An installation that sends by this server, with a contact that is tried.
fn trial(folder: &Path, name: &str, mail: &MailServer, authority: Option<&Path>) -> Server {
    let server = Server::start_with(&folder.join(name), |command| {
        command.env("ARGUS_SMTP_URL", mail.url()).env("ARGUS_SMTP_FROM", "argus@acme.example");
        command.envs(authority.map(|file| ("ARGUS_SMTP_CA_FILE", file)));
    })
    .unwrap();
    asked(&server, &["org", "create", "acme"]);
    let contact = asked(&server, &["contact", "create", "acme", "--email", "security@acme.example"]);
    asked(&server, &["contact", "test", contact["id"].as_str().unwrap()]);
    server
}

#[test]
fn e_mail_goes_over_starttls_to_a_server_whose_authority_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mail = MailServer::start(Some(certified(folder)));
    let server = trial(folder, "trusting", &mail, Some(&folder.join("ca.pem")));
    wait_until("it is not delivered", || {
        asked(&server, &["delivery", "list", "acme"])["items"][0]["state"] == "delivered"
    });
    let letter = mail.encrypted();
    for part in ["RCPT TO:<security@acme.example>", "Argus-Notice-Id: ", "Subject: [argus] "] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    let [hello, turn] = mail.in_the_clear().try_into().unwrap();
    assert!(hello.starts_with("EHLO ") && turn == "STARTTLS", "{hello}, {turn}");
    drop(server);

    let server = trial(folder, "trusting-nobody", &mail, None);
    let before = mail.encrypted();
    wait_until("it is not tried", || !fault_of(&server).is_empty());
    assert_eq!(
        fault_of(&server),
        "no TLS with the mail server: its certificate is from no authority that is trusted; name a file of its authority \
         with --smtp-ca-file (ARGUS_SMTP_CA_FILE)"
    );
    assert_eq!((mail.encrypted(), mail.in_the_clear().len() % 2), (before, 0));
}

/// Why a trial isn't delivered by a server with this certificate, whose authority is trusted.
fn fault_by(tls: impl FnOnce(&Path) -> Arc<ServerConfig>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mail = MailServer::start(Some(tls(folder)));
    let server = trial(folder, "data", &mail, Some(&folder.join("ca.pem")));
    wait_until("it is not tried", || !fault_of(&server).is_empty());
    assert_eq!(mail.encrypted(), "");
    fault_of(&server)
}

#[test]
fn a_certificate_that_is_no_good_is_told_from_a_mail_server_that_is_away() {
    let elsewhere = || SanType::DnsName("mail.acme.example".try_into().unwrap());
    assert_eq!(
        fault_by(|folder| certified_for(folder, elsewhere(), |_| {})),
        "no TLS with the mail server: its certificate is for `mail.acme.example`, and not for the name by which it is \
         asked; name it so in --smtp-url (ARGUS_SMTP_URL)"
    );
    let here = || SanType::IpAddress(HOST.into());
    let expired = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    assert_eq!(
        fault_by(|folder| certified_for(folder, here(), expired)),
        "no TLS with the mail server: its certificate has expired"
    );
    let of_another = |folder: &Path| {
        let tls = certified(folder);
        // Another authority of the same name.
        certified(folder);
        tls
    };
    let told = fault_by(of_another);
    assert!(told.starts_with("no TLS with the mail server: its certificate is "), "{told}");

    let folder = tempfile::tempdir().unwrap();
    let mail = MailServer::start(None);
    let nobody = TcpListener::bind((HOST, 0)).unwrap();
    let mail = MailServer { address: nobody.local_addr().unwrap(), ..mail };
    drop(nobody);
    let server = trial(folder.path(), "data", &mail, None);
    wait_until("it is not tried", || !fault_of(&server).is_empty());
    assert_eq!(fault_of(&server), "the mail server can't be reached");
}

#[test]
fn nothing_is_sent_to_a_server_that_does_not_offer_starttls() {
    let folder = tempfile::tempdir().unwrap();
    let mail = MailServer::start(None);
    let server = trial(folder.path(), "data", &mail, None);
    wait_until("it is not tried", || !fault_of(&server).is_empty());
    assert_eq!(fault_of(&server), "the mail server offers no STARTTLS, or no way to log in");
    let delivery = asked(&server, &["delivery", "list", "acme"])["items"][0].clone();
    assert_eq!(delivery["state"], "waiting", "{delivery}");
    assert!(
        mail.in_the_clear().iter().all(|line| line.starts_with("EHLO ") || line == "QUIT"),
        "{:?}",
        mail.in_the_clear()
    );
}
