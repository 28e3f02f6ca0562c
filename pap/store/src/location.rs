//! Where a database is: a file of ours, or a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Where a database is. A path is one; so is what [`Location::parse`] reads.
#[derive(Debug, Clone)]
pub struct Location(pub(crate) Place);

#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// The embedded database, in this file.
    File(PathBuf),
    /// A server.
    Server(Box<Server>),
}

/// A PostgreSQL server and how to reach it.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) ca_file: Option<PathBuf>,
}

/// Why a text names no database. It never quotes the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocationError {
    /// There is a scheme, and it is none of ours.
    #[error("there is no database `{scheme}://…`; a database is `sqlite://FILE`, `postgres://…` or a path")]
    UnknownScheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// There is nothing behind the scheme.
    #[error("`sqlite://` needs the path of a file")]
    NoFile,
    /// The URL of a PostgreSQL server isn't one.
    #[error("the `postgres://` URL can't be read: {detail}")]
    MalformedUrl {
        /// What is wrong with it.
        detail: String,
    },
}

impl Location {
    /// Reads `sqlite://FILE`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…` or a path.
    ///
    /// `sslmode` is `disable`, `prefer` (the default) or `require`. `prefer` encrypts where the server can and believes
    /// whatever certificate it shows, as PostgreSQL's own clients do: whoever could forge the certificate could have
    /// asked for no encryption. `require` checks certificate and name, and so does `prefer` with a
    /// [CA file](Location::with_ca_file) where the server encrypts.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Path::new(text).into());
        };
        match scheme {
            "sqlite" if rest.is_empty() => Err(LocationError::NoFile),
            "sqlite" => Ok(Path::new(rest).into()),
            "postgres" | "postgresql" => Ok(Self(Place::Server(Box::new(Server::parse(text)?)))),
            _ => Err(LocationError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }

    /// Names the certificate authorities, in PEM, that the server's certificate must come from. Without it they are
    /// those of this machine. A file needs none.
    #[must_use]
    pub fn with_ca_file(mut self, ca_file: impl Into<PathBuf>) -> Self {
        if let Place::Server(server) = &mut self.0 {
            server.ca_file = Some(ca_file.into());
        }
        self
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Place::File(file) => Some(file),
            Place::Server(_) => None,
        }
    }
}

impl Server {
    fn parse(url: &str) -> Result<Self, LocationError> {
        let config: Config = url.parse().map_err(|error| LocationError::MalformedUrl { detail: in_words(&error) })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(LocationError::MalformedUrl { detail: "it names no host".to_owned() });
        }
        Ok(Self { config, ca_file: None })
    }
}

/// The error with its causes, each of which says only its own part.
pub(crate) fn in_words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let own = error.to_string();
        if !text.ends_with(&own) {
            text.push_str(": ");
            text.push_str(&own);
        }
        cause = error.source();
    }
    text
}

impl From<&Path> for Location {
    fn from(file: &Path) -> Self {
        Self(Place::File(file.to_owned()))
    }
}

impl From<&PathBuf> for Location {
    fn from(file: &PathBuf) -> Self {
        file.as_path().into()
    }
}

impl From<&Location> for Location {
    fn from(location: &Location) -> Self {
        location.clone()
    }
}

/// The path, or the URL without its password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(file) => write!(f, "{}", file.display()),
            Place::Server(server) => server.fmt(f),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (n, host) in self.config.get_hosts().iter().enumerate() {
            if n > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{}", folder.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(n).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_sqlite_url_name_a_file() {
        for text in ["/x/y.db", "sqlite:///x/y.db"] {
            assert_eq!(Location::parse(text).unwrap().file(), Some(Path::new("/x/y.db")));
        }
        assert_eq!(Location::parse("sqlite://").unwrap_err(), LocationError::NoFile);
    }

    #[test]
    fn a_server_is_shown_without_its_password() {
        let location = Location::parse("postgres://argus:s3cret@db.example:6432/keys?sslmode=require").unwrap();
        assert_eq!(location.to_string(), "postgres://argus@db.example:6432/keys");
        assert_eq!(location.file(), None);
        assert!(!format!("{location:?}").contains("s3cret"));
    }

    #[test]
    fn what_names_no_database_is_refused_without_quoting_it() {
        for (text, told) in [
            ("mysql://argus:s3cret@db/keys", "there is no database `mysql://…`"),
            ("postgres://argus:s3cret@db/keys?sslmode=verify-full", "the `postgres://` URL can't be read: "),
            ("postgres://argus:s3cret@db/keys?colour=green", "the `postgres://` URL can't be read: "),
            ("postgres:///keys", "the `postgres://` URL can't be read: it names no host"),
        ] {
            let refused = Location::parse(text).unwrap_err().to_string();
            assert!(refused.starts_with(told), "{refused}");
            assert!(!refused.contains("s3cret"), "{refused}");
        }
    }
}
