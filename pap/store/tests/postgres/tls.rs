//! Encrypted connections: whom a node believes.

use std::fs;
use std::path::{Path, PathBuf};

use argus_store::{Location, Store, StoreError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::server::PostgresServer;
use crate::support::add_organisation;

/// A certificate authority, and what it says of a server on this machine: certificate and key.
struct Authority {
    certificate: String,
    server: (String, String),
}

fn authority() -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Authority { certificate, server: (server.pem(), key.serialize_pem()) }
}

/// Asks the server itself whether this connection is encrypted.
fn encryption(store: &Store) -> String {
    use diesel::{QueryableByName, RunQueryDsl, sql_query};
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let query = "SELECT coalesce(version, 'none') AS version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let found = store.read(|conn| match conn {
        argus_store::Conn::Postgres(conn) => Ok(sql_query(query).get_result::<Found>(conn.queries())?),
        other => unreachable!("{other:?}"),
    });
    found.unwrap().version
}

fn open(url: &str, ca_file: Option<&Path>) -> Result<Store, StoreError> {
    let location = Location::parse(url).unwrap();
    Store::open(match ca_file {
        Some(ca_file) => location.with_ca_file(ca_file),
        None => location,
    })
}

#[test]
fn a_node_that_requires_encryption_believes_its_authorities_alone() {
    let (known, unknown) = (authority(), authority());
    let (certificate, key) = &known.server;
    let Some(server) = PostgresServer::start_with_tls(certificate, key) else { return };
    let port = server.port();
    let database = server.new_database();
    let name = database.rsplit('/').next().unwrap();
    let url = |host: &str, mode| format!("postgres://postgres@{host}:{port}/{name}?sslmode={mode}");

    let folder = tempfile::tempdir().unwrap();
    let [known_file, unknown_file] = [("known.pem", &known), ("unknown.pem", &unknown)].map(|(name, authority)| {
        let file = folder.path().join(name);
        fs::write(&file, &authority.certificate).unwrap();
        file
    });
    let store = open(&url("localhost", "require"), Some(&known_file)).unwrap();
    add_organisation(&store, "acme").unwrap();
    assert_eq!(encryption(&store), "TLSv1.3");
    assert_eq!(encryption(&open(&url("localhost", "prefer"), None).unwrap()), "TLSv1.3");
    assert_eq!(encryption(&open(&url("localhost", "disable"), None).unwrap()), "none");

    for (host, mode, ca_file) in [
        ("localhost", "require", Some(&unknown_file)),
        ("localhost", "require", None),
        ("localhost", "prefer", Some(&unknown_file)),
        ("127.0.0.1", "require", Some(&known_file)),
    ] {
        let refused = open(&url(host, mode), ca_file.map(PathBuf::as_path)).unwrap_err();
        assert!(matches!(refused, StoreError::Away(_)), "{refused}");
        assert!(refused.to_string().contains("certificate"), "{refused}");
    }
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    assert!(matches!(open(&url("localhost", "require"), Some(&empty)), Err(StoreError::Open { .. })));
}
