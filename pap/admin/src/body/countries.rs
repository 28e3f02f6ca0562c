//! The countries that a rule may name: ISO 3166-1 alpha-2.

/// The officially assigned codes, in order, and `XK`, which location databases give for Kosovo.
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Whether the text is a code of a country, in capitals.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && CODES.split(' ').any(|code| code == text)
}

/// What was probably meant.
pub(super) fn meant(text: &str) -> Option<String> {
    let upper = text.trim().to_uppercase();
    let upper = match upper.as_str() {
        "UK" => "GB".to_owned(),
        "EL" => "GR".to_owned(),
        _ => upper,
    };
    is_country(&upper).then_some(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_one_of_the_assigned_codes() {
        assert_eq!(CODES.split(' ').count(), 249 + 1);
        assert!(CODES.split(' ').is_sorted_by(|a, b| a < b));
        assert!(is_country("DE") && !is_country("de") && !is_country("UK") && !is_country("DEU") && !is_country(""));
        assert_eq!((meant("uk").as_deref(), meant("de").as_deref(), meant("x")), (Some("GB"), Some("DE"), None));
    }
}
