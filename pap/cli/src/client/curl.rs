//! The same call as a line for a shell, which can be pasted as it stands and holds no secret.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::Caller;

/// `POST /v1/verify` with the credential, where there is one, read by the shell.
pub(crate) fn curl_for_verify(url: &str, credential: Option<&Path>, caller: Caller<'_>, question: &Value) -> String {
    let mut question = question.clone();
    if let Some(members) = question.as_object_mut() {
        members.remove("credential");
    }
    let rest = question.to_string();
    let rest = rest.strip_prefix('{').unwrap_or(&rest);
    let credential = credential.map_or_else(String::new, |credential| {
        let shown = if credential == Path::new("-") { "cat".to_owned() } else { format!("cat {}", file(credential)) };
        format!("\"credential\":\"'\"$({shown})\"'\",")
    });
    format!(
        "curl -sS {}{} -H 'Content-Type: application/json' \\\n  -d '{{{credential}{}'\n",
        quote(url),
        shown(caller),
        rest.replace('\'', "'\\''"),
    )
}

/// What says who asks, and whom to believe.
fn shown(caller: Caller<'_>) -> String {
    let mut flags = String::new();
    // Writing to a string never fails.
    if caller.shows_key {
        let key = caller.key_file.map_or_else(|| "$ARGUS_KEY".to_owned(), |key| format!("$(cat {})", file(key)));
        let _ = write!(flags, " -H \"Authorization: Bearer {key}\"");
    }
    if let Some(authorities) = caller.tls.authorities {
        let _ = write!(flags, " --cacert {}", file(authorities));
    }
    if let Some((certificate, key)) = caller.tls.shown {
        let _ = write!(flags, " --cert {} --key {}", file(certificate), file(key));
    }
    flags
}

fn file(path: &Path) -> String {
    quote(&path.display().to_string())
}

fn quote(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ':');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tls::TlsFiles;
    use super::*;

    #[test]
    fn the_line_holds_the_question_and_no_secret() {
        let question = json!({"credential": "argus_live_x", "action": "read", "resource": "acme/it's"});
        let with_key = Caller { key_file: None, shows_key: true, tls: TlsFiles::default() };
        assert_eq!(
            curl_for_verify("http://127.0.0.1:8180/v1/verify", Some(Path::new("my key")), with_key, &question),
            "curl -sS http://127.0.0.1:8180/v1/verify -H \"Authorization: Bearer $ARGUS_KEY\" \
             -H 'Content-Type: application/json' \\\n  \
             -d '{\"credential\":\"'\"$(cat 'my key')\"'\",\"action\":\"read\",\"resource\":\"acme/it'\\''s\"}'\n"
        );
        let authorities = Some(Path::new("ca.pem"));
        let tls = TlsFiles { authorities, shown: Some((Path::new("my.pem"), Path::new("my key.pem"))) };
        let by_certificate = Caller { key_file: None, shows_key: false, tls };
        let line = curl_for_verify("https://pdp.example", Some(Path::new("-")), by_certificate, &question);
        let begin = "curl -sS https://pdp.example --cacert ca.pem --cert my.pem --key 'my key.pem' -H 'Content-Type: ";
        assert!(line.starts_with(begin), "{line}");

        let question = json!({"action": "read", "context": {"client_certificate": "MII="}});
        let line = curl_for_verify("https://pdp.example", None, by_certificate, &question);
        let end = " -d '{\"action\":\"read\",\"context\":{\"client_certificate\":\"MII=\"}}'\n";
        assert!(line.ends_with(end), "{line}");
    }
}
