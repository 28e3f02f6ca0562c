//! curl in a POSIX shell. Secrets go through standard input: arguments can be read by every process of the machine.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED, TOKEN_CHARACTERS};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut script = comment("#", introduction);
    let variable = call.base.variable;
    let base = match &call.base.default {
        Some(default) => format!("${{{variable}:-{default}}}"),
        None => format!("${{{variable}:?is not set}}"),
    };
    if call.shows_presented() {
        let _ = writeln!(script, "{PRESENTED}=$(printf %s \"${PRESENTED}\" | tr -cd '{TOKEN_CHARACTERS}')");
    }
    let _ = writeln!(script, "curl --silent --show-error --fail-with-body --max-time 10 --config - \\");
    let _ = writeln!(script, "  \"{base}{}\" <<END", call.path);
    let _ = writeln!(script, "request = \"{}\"", call.method);
    let _ = writeln!(script, "header = \"Authorization: Bearer ${{{KEY}:?is not set}}\"");
    if !call.body.is_empty() {
        let json = call.json(&format!("${PRESENTED}")).replace('"', "\\\"");
        let _ = writeln!(script, "header = \"Content-Type: application/json\"");
        let _ = writeln!(script, "data = \"{json}\"");
    }
    script.push_str("END\n");
    script
}

/// The client-credentials grant (RFC 6749 §4.4): an access token for a key.
pub(crate) fn token(key: &str, issuer: Option<&str>, scope: &str) -> String {
    let base = match issuer {
        Some(issuer) => format!("${{ARGUS_ISSUER:-{issuer}}}"),
        None => "${ARGUS_ISSUER:?is not set}".to_owned(),
    };
    format!(
        "# Key {key}: asks for an access token, which is sent as `Authorization: Bearer` like the key itself.\n\
         # {KEY} holds its secret.\n\
         printf %s \"${{{KEY}:?is not set}}\" |\n  \
         curl --silent --show-error --fail-with-body --max-time 10 \"{base}/oauth/token\" \\\n    \
         --data-urlencode grant_type=client_credentials --data-urlencode client_id={key} \\\n    \
         --data-urlencode 'scope={scope}' --data-urlencode client_secret@-\n"
    )
}
