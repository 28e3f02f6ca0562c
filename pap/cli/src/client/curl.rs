//! The same call as a line for a shell, which can be pasted as it stands and holds no secret.

use std::path::Path;

use serde_json::Value;

/// `POST /v1/verify` with the credential read by the shell.
pub(crate) fn curl_for_verify(url: &str, credential: &Path, key_file: Option<&Path>, question: &Value) -> String {
    let mut question = question.clone();
    if let Some(members) = question.as_object_mut() {
        members.remove("credential");
    }
    let rest = question.to_string();
    let rest = rest.strip_prefix('{').unwrap_or(&rest);
    let credential = if credential == Path::new("-") { "cat".to_owned() } else { format!("cat {}", file(credential)) };
    let key = key_file.map_or_else(|| "$ARGUS_KEY".to_owned(), |key| format!("$(cat {})", file(key)));
    format!(
        "curl -sS {} -H \"Authorization: Bearer {key}\" -H 'Content-Type: application/json' \\\n  \
         -d '{{\"credential\":\"'\"$({credential})\"'\",{}'\n",
        quote(url),
        rest.replace('\'', "'\\''"),
    )
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

    use super::*;

    #[test]
    fn the_line_holds_the_question_and_no_secret() {
        let question = json!({"credential": "argus_live_x", "action": "read", "resource": "acme/it's"});
        assert_eq!(
            curl_for_verify("http://127.0.0.1:8180/v1/verify", Path::new("my key"), None, &question),
            "curl -sS http://127.0.0.1:8180/v1/verify -H \"Authorization: Bearer $ARGUS_KEY\" \
             -H 'Content-Type: application/json' \\\n  \
             -d '{\"credential\":\"'\"$(cat 'my key')\"'\",\"action\":\"read\",\"resource\":\"acme/it'\\''s\"}'\n"
        );
    }
}
