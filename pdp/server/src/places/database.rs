//! One database. It is verified whole before it is believed: a damaged one must not answer half of the time.

use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{MaxMindDbError, PathElement, Reader, WithinOptions};

use super::{HiddenBy, PlaceFault, PlaceSource, Point};

/// Networks that are looked at for one that tells what the database is for.
const LOOKED_AT: usize = 10_000;

/// What is assumed of a database that doesn't say how accurate it is.
const UNKNOWN_RADIUS_KM: f64 = 100.0;

const COUNTRY: [PathElement<'static>; 2] = [PathElement::Key("country"), PathElement::Key("iso_code")];
const ASN: [PathElement<'static>; 1] = [PathElement::Key("autonomous_system_number")];

const HOSTING: &str = "is_hosting_provider";
const ANONYMISERS: [&str; 4] = ["is_anonymous_vpn", "is_public_proxy", "is_residential_proxy", "is_tor_exit_node"];

/// A database in memory.
pub(super) struct Database {
    path: PathBuf,
    reader: Reader<Vec<u8>>,
}

/// What a database has to tell.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    Country,
    Asn,
    Anonymous,
}

impl Database {
    pub(super) fn read(path: &Path, check: Check) -> Result<Self, PlaceFault> {
        let refuse = |cause: String| PlaceFault { path: path.to_path_buf(), cause };
        let octets = fs::read(path).map_err(|error| refuse(error.to_string()))?;
        let damaged = |error: MaxMindDbError| refuse(error.to_string());
        let reader = Reader::from_source(octets).map_err(damaged)?;
        reader.verify().map_err(damaged)?;
        let database = Self { path: path.to_path_buf(), reader };
        if !database.tells(check).map_err(damaged)? {
            let kind = &database.reader.metadata().database_type;
            let what = match check {
                Check::Country => "countries",
                Check::Asn => "autonomous systems",
                Check::Anonymous => "anonymisers",
            };
            return Err(refuse(format!("it is of the type `{kind}`, which tells no {what}")));
        }
        Ok(database)
    }

    pub(super) fn country(&self, address: IpAddr) -> Option<&str> {
        let found = self.reader.lookup(address.to_canonical()).ok()?;
        found.decode_path(&COUNTRY).ok().flatten()
    }

    /// Where on Earth an address is thought to be, where the database tells more than countries.
    pub(super) fn point(&self, address: IpAddr) -> Option<Point> {
        let found = self.reader.lookup(address.to_canonical()).ok()?;
        let member = |name| [PathElement::Key("location"), PathElement::Key(name)];
        let latitude: f64 = found.decode_path(&member("latitude")).ok().flatten()?;
        let longitude: f64 = found.decode_path(&member("longitude")).ok().flatten()?;
        let radius_km: Option<u16> = found.decode_path(&member("accuracy_radius")).ok().flatten();
        Some(Point { latitude, longitude, radius_km: radius_km.map_or(UNKNOWN_RADIUS_KM, f64::from) })
    }

    pub(super) fn asn(&self, address: IpAddr) -> Option<u32> {
        let found = self.reader.lookup(address.to_canonical()).ok()?;
        found.decode_path(&ASN).ok().flatten()
    }

    /// What hides whoever comes from there. A provider that rents machines is no anonymiser, though the database counts it
    /// among them.
    pub(super) fn hidden_by(&self, address: IpAddr) -> Option<HiddenBy> {
        let found = self.reader.lookup(address.to_canonical()).ok()?;
        let is = |name| found.decode_path::<bool>(&[PathElement::Key(name)]).ok().flatten() == Some(true);
        if ANONYMISERS.into_iter().any(is) {
            return Some(HiddenBy::Anonymiser);
        }
        is(HOSTING).then_some(HiddenBy::Hosting).or_else(|| is("is_anonymous").then_some(HiddenBy::Anonymiser))
    }

    pub(super) fn source(&self) -> PlaceSource {
        let metadata = self.reader.metadata();
        PlaceSource {
            path: self.path.clone(),
            kind: metadata.database_type.clone(),
            built_at_seconds: metadata.build_epoch,
        }
    }

    fn tells(&self, check: Check) -> Result<bool, MaxMindDbError> {
        for network in self.reader.networks(WithinOptions::default())?.take(LOOKED_AT) {
            let network = network?;
            // A member of another type is as good as none.
            let is_told = match check {
                Check::Country => matches!(network.decode_path::<&str>(&COUNTRY), Ok(Some(_))),
                Check::Asn => matches!(network.decode_path::<u32>(&ASN), Ok(Some(_))),
                Check::Anonymous => ["is_anonymous", HOSTING]
                    .iter()
                    .any(|name| matches!(network.decode_path::<bool>(&[PathElement::Key(name)]), Ok(Some(_)))),
            };
            if is_told {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.path).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test databases; none where the machine has none.
    fn folder() -> Option<PathBuf> {
        let folder = std::env::var_os("ARGUS_GEO").map(PathBuf::from);
        if folder.is_none() {
            assert!(std::env::var_os("CI").is_none(), "ARGUS_GEO names no folder of databases");
            println!("skipped: needs ARGUS_GEO, a folder of databases");
        }
        folder
    }

    #[test]
    fn every_network_of_the_test_databases_has_its_country_and_its_system() {
        let Some(folder) = folder() else { return };
        let cities = Database::read(&folder.join("GeoIP2-City-Test.mmdb"), Check::Country).unwrap();
        for (address, country) in [
            ("81.2.69.142", Some("GB")),
            ("::ffff:81.2.69.142", Some("GB")),
            ("2a02:d180::1", Some("DE")),
            ("89.160.20.112", Some("SE")),
            // In the database, but in no country.
            ("2.3.3.1", None),
            ("10.0.0.1", None),
            ("::1", None),
        ] {
            assert_eq!(cities.country(address.parse().unwrap()), country, "{address}");
        }
        let london = cities.point("81.2.69.142".parse().unwrap()).unwrap();
        assert!((london.latitude - 51.5).abs() < 0.1 && london.longitude.abs() < 0.2, "{london:?}");
        assert!(london.radius_km > 0.0 && cities.point("10.0.0.1".parse().unwrap()).is_none());
        let systems = Database::read(&folder.join("GeoLite2-ASN-Test.mmdb"), Check::Asn).unwrap();
        for (address, system) in [("1.128.0.1", Some(1221)), ("::ffff:1.0.0.1", Some(15169)), ("10.0.0.1", None)] {
            assert_eq!(systems.asn(address.parse().unwrap()), system, "{address}");
        }
        assert_eq!(systems.source().kind, "GeoLite2-ASN");
        let hidden = Database::read(&folder.join("GeoIP2-Anonymous-IP-Test.mmdb"), Check::Anonymous).unwrap();
        for (address, by) in [
            ("81.2.69.142", Some(HiddenBy::Anonymiser)),
            ("71.160.223.1", Some(HiddenBy::Hosting)),
            ("65.1.1.1", Some(HiddenBy::Anonymiser)),
            ("10.0.0.1", None),
        ] {
            assert_eq!(hidden.hidden_by(address.parse().unwrap()), by, "{address}");
        }
    }

    #[test]
    fn a_database_that_is_damaged_or_of_another_kind_is_refused() {
        let Some(folder) = folder() else { return };
        let refuse = |path: &Path, check| Database::read(path, check).map(drop).unwrap_err().to_string();
        refuse(&folder.join("GeoIP2-City-Test-Invalid-Node-Count.mmdb"), Check::Country);
        let other = refuse(&folder.join("GeoLite2-ASN-Test.mmdb"), Check::Country);
        assert!(other.contains("`GeoLite2-ASN`, which tells no countries"), "{other}");
        let other = refuse(&folder.join("GeoIP2-City-Test.mmdb"), Check::Asn);
        assert!(other.contains("which tells no autonomous systems"), "{other}");
        let other = refuse(&folder.join("GeoLite2-ASN-Test.mmdb"), Check::Anonymous);
        assert!(other.contains("which tells no anonymisers"), "{other}");
        let scratch = tempfile::tempdir().unwrap();
        let cut = scratch.path().join("cut.mmdb");
        let whole = fs::read(folder.join("GeoIP2-City-Test.mmdb")).unwrap();
        fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        refuse(&cut, Check::Country);
        fs::write(&cut, [&whole[..8_000], &[0xff; 64], &whole[8_064..]].concat()).unwrap();
        refuse(&cut, Check::Country);
        refuse(&scratch.path().join("absent.mmdb"), Check::Country);
    }
}
