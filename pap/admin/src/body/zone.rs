//! `time_zone`: whose days and months are meant.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::Fields;
use crate::FaultCode;

/// Reads the member `time_zone`; UTC where it isn't there. Faults are noted.
pub(crate) fn time_zone(fields: &mut Fields) -> String {
    let Some(text) = fields.text("time_zone") else { return Tz::UTC.name().to_owned() };
    if let Ok(zone) = text.parse::<Tz>() {
        return zone.name().to_owned();
    }
    let detail = format!("`{}` is no time zone", text.escape_debug());
    let meant = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&text));
    let help = meant.map_or_else(
        || "name one of the time zone database, such as `Europe/Berlin` or `UTC`".to_owned(),
        |zone| format!("write `{}`", zone.name()),
    );
    fields.fault("time_zone", FaultCode::InvalidField, detail, Some(help));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AdminError;
    use crate::body::Body;

    #[test]
    fn a_zone_has_a_name_of_the_database_and_utc_is_meant_where_none_is_named() {
        let read = |body: &[u8]| {
            let mut fields = Fields::of(Body::parse(body).unwrap());
            let zone = time_zone(&mut fields);
            fields.finish().map(|()| zone)
        };
        assert_eq!(read(b"{}").unwrap(), "UTC");
        assert_eq!(read(br#"{"time_zone": "Europe/Berlin"}"#).unwrap(), "Europe/Berlin");
        for (body, help) in [
            (&br#"{"time_zone": "europe/berlin"}"#[..], "write `Europe/Berlin`"),
            (
                br#"{"time_zone": "Mars/Olympus"}"#,
                "name one of the time zone database, such as `Europe/Berlin` or `UTC`",
            ),
        ] {
            let AdminError::Refused(faults) = read(body).unwrap_err() else { panic!() };
            assert_eq!(faults[0].help.as_deref(), Some(help));
        }
    }
}
