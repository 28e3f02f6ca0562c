//! What a server answered: its JSON, or its problem (RFC 9457) as a failure.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Server, text};
use crate::exit::Exit;
use crate::failure::Failure;

/// Reads an answer.
pub(super) fn read(server: &Server, status: u16, octets: &[u8]) -> Result<Value, Failure> {
    let value = serde_json::from_slice::<Value>(octets).ok().filter(Value::is_object);
    match value {
        // 503 with a status of its own is how a decision point says that it isn't ready.
        Some(value)
            if (200..300).contains(&status) || status == 503 && value.get("status").is_some_and(Value::is_string) =>
        {
            Ok(value)
        }
        Some(problem) if text(&problem, "type").starts_with("urn:argus:problem:") => Err(failure(status, problem)),
        _ => Err(server.is_not_argus(status)),
    }
}

fn failure(status: u16, problem: Value) -> Failure {
    let exit = if is_about_absence(&problem) { Exit::No } else { exit(status) };
    let mut failure = Failure::new(exit, "refused", message(&problem));
    let help = text(&problem, "help");
    // Faults bring their own help, in their own lines.
    if !help.is_empty() && problem.get("errors").is_none() {
        failure = failure.help(help);
    }
    if let Value::Object(members) = problem {
        for (name, member) in members {
            failure = failure.with(&name, member);
        }
    }
    failure
}

/// Whether all that is wrong is that something named isn't there.
fn is_about_absence(problem: &Value) -> bool {
    let faults = problem.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    !faults.is_empty() && faults.iter().all(|fault| text(fault, "code") == "not-found")
}

fn exit(status: u16) -> Exit {
    match status {
        401 | 403 => Exit::NotPermitted,
        404 | 409 | 412 => Exit::No,
        429 | 500.. => Exit::Unreachable,
        _ => Exit::Usage,
    }
}

/// One fault on a line of its own each, or what the problem says of itself.
fn message(problem: &Value) -> String {
    let faults = problem.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if faults.is_empty() {
        return text(problem, "detail").to_owned();
    }
    let mut message = String::new();
    for fault in faults {
        if !message.is_empty() {
            message.push_str("\n       ");
        }
        // What a query asks for is the command's own wording: its place there says nothing to the reader.
        let place = text(fault, "pointer").trim_start_matches('/');
        let _ = match place {
            "" => write!(message, "{}", text(fault, "detail")),
            _ => write!(message, "{place}: {}", text(fault, "detail")),
        };
        let help = text(fault, "help");
        if !help.is_empty() {
            let _ = write!(message, " ({help})");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value) -> Result<Value, Failure> {
        let server = Server::decisions(Some("http://127.0.0.1:1")).unwrap();
        super::read(&server, status, body.to_string().as_bytes())
    }

    #[test]
    fn every_fault_stands_on_its_line_with_its_help() {
        let problem = json!({"type": "urn:argus:problem:invalid-field", "detail": "d", "help": "h", "errors": [
            {"pointer": "/scopes/0", "detail": "`x` is no scope", "help": "write `a:read`"},
            {"pointer": "/name", "detail": "`A` is no name"},
        ]});
        let failure = read(400, &problem).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(
            failure.to_text(),
            "error: scopes/0: `x` is no scope (write `a:read`)\n       name: `A` is no name\n"
        );
        assert_eq!(failure.to_json()["errors"], problem["errors"]);
        assert_eq!(failure.to_json()["type"], problem["type"]);
    }

    #[test]
    fn who_is_to_blame_is_told_by_the_exit_code() {
        let problem = json!({"type": "urn:argus:problem:x", "detail": "d", "help": "h"});
        for (status, exit) in [
            (400, Exit::Usage),
            (401, Exit::NotPermitted),
            (403, Exit::NotPermitted),
            (404, Exit::No),
            (409, Exit::No),
            (412, Exit::No),
            (500, Exit::Unreachable),
            (503, Exit::Unreachable),
        ] {
            let failure = read(status, &problem).unwrap_err();
            assert_eq!((failure.exit, failure.to_text()), (exit, "error: d\nhelp: h\n".to_owned()), "{status}");
        }
    }

    #[test]
    fn another_program_at_the_address_is_told() {
        for body in [json!([]), json!({"error": "nope"}), json!("hello")] {
            let failure = read(404, &body).unwrap_err();
            assert!(failure.to_text().contains("is not argus"), "{}", failure.to_text());
        }
    }
}
