//! Where an address is: its country and its autonomous system, by databases in MaxMind's format.
//!
//! They are read into memory whole and belong to the snapshot: a request sees one version of them. What a database doesn't
//! hold is unknown, and a condition that asks for it denies.

mod database;
mod keep;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use database::Database;
pub(crate) use keep::Keep;

/// The files of the databases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaceFiles {
    /// A database that tells countries, such as GeoLite2-Country or GeoLite2-City.
    pub country: Option<PathBuf>,
    /// A database that tells autonomous systems, such as GeoLite2-ASN.
    pub asn: Option<PathBuf>,
    /// A database that tells anonymisers and hosting providers, such as GeoIP2-Anonymous-IP.
    pub anonymous: Option<PathBuf>,
}

/// A country (ISO 3166-1 alpha-2), and the number of an autonomous system, where databases tell them.
pub type PlaceNames = (Option<String>, Option<u32>);

/// The databases in use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    country: Option<Arc<Database>>,
    asn: Option<Arc<Database>>,
    anonymous: Option<Arc<Database>>,
}

/// Why a database is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database `{}` is refused: {cause}", path.display())]
pub struct PlaceFault {
    /// Its file.
    pub path: PathBuf,
    cause: String,
}

/// A database in use, for `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceSource {
    /// Its file.
    pub path: PathBuf,
    /// What it says that it is, such as `GeoLite2-City`.
    pub kind: String,
    /// When it was built, in seconds since 1970.
    pub built_at_seconds: u64,
}

impl PlaceFiles {
    /// The files there are.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.country.iter().chain(&self.asn).chain(&self.anonymous).cloned().collect()
    }
}

/// What stands between an address and whoever uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HiddenBy {
    /// A machine that anybody can rent.
    Hosting,
    /// A VPN, a proxy or an exit of Tor.
    Anonymiser,
}

/// A point on Earth, as accurate as is claimed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Within so many kilometres.
    pub radius_km: f64,
}

impl Places {
    /// Reads all databases. Blocks.
    pub(crate) fn read(files: &PlaceFiles) -> Result<Self, PlaceFault> {
        let (places, faults) = Self::default().reread(files);
        faults.into_iter().next().map_or(Ok(places), Err)
    }

    /// The same, keeping the old one in place of each that is refused.
    fn reread(&self, files: &PlaceFiles) -> (Self, Vec<PlaceFault>) {
        let mut faults = Vec::new();
        let mut read = |file: &Option<PathBuf>, old: &Option<Arc<Database>>, check: database::Check| {
            let path = file.as_deref()?;
            match Database::read(path, check) {
                Ok(database) => Some(Arc::new(database)),
                Err(fault) => {
                    faults.push(fault);
                    old.clone()
                }
            }
        };
        let country = read(&files.country, &self.country, database::Check::Country);
        let asn = read(&files.asn, &self.asn, database::Check::Asn);
        let anonymous = read(&files.anonymous, &self.anonymous, database::Check::Anonymous);
        (Self { country, asn, anonymous }, faults)
    }

    /// Whether nothing is known of any address.
    pub(crate) fn is_empty(&self) -> bool {
        self.country.is_none() && self.asn.is_none()
    }

    /// Both, where there is an address.
    pub(crate) fn names(&self, address: Option<IpAddr>) -> PlaceNames {
        let names = |address| (self.country(address).map(str::to_owned), self.asn(address));
        address.map(names).unwrap_or_default()
    }

    /// The country of an address, ISO 3166-1 alpha-2.
    pub(crate) fn country(&self, address: IpAddr) -> Option<&str> {
        self.country.as_deref()?.country(address)
    }

    /// Where on Earth an address is thought to be, where the database of countries tells more than those.
    pub(crate) fn point(&self, address: IpAddr) -> Option<Point> {
        self.country.as_deref()?.point(address)
    }

    /// The number of the autonomous system of an address.
    pub(crate) fn asn(&self, address: IpAddr) -> Option<u32> {
        self.asn.as_deref()?.asn(address)
    }

    /// What hides whoever comes from an address; `None` where that is not known.
    pub(crate) fn hidden_by(&self, address: IpAddr) -> Option<HiddenBy> {
        self.anonymous.as_deref()?.hidden_by(address)
    }

    /// What is in use.
    pub(crate) fn sources(&self) -> Vec<PlaceSource> {
        self.country.iter().chain(&self.asn).chain(&self.anonymous).map(|database| database.source()).collect()
    }
}

impl fmt::Display for PlaceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.kind)
    }
}
