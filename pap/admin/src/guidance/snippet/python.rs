//! Python 3, with its standard library alone.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut program = comment("#", introduction);
    let imports: &[&str] = if call.body.is_empty() { &["os"] } else { &["json", "os"] };
    for module in imports.iter().chain(&["sys", "urllib.error", "urllib.request"]) {
        let _ = writeln!(program, "import {module}");
    }
    let variable = call.base.variable;
    let base = match &call.base.default {
        Some(default) => format!("os.environ.get(\"{variable}\", \"{default}\")"),
        None => format!("os.environ[\"{variable}\"]"),
    };
    let _ =
        writeln!(program, "\nrequest = urllib.request.Request({base} + \"{}\", method=\"{}\")", call.path, call.method);
    // Such a header is not sent again where a redirect leads.
    let _ =
        writeln!(program, "request.add_unredirected_header(\"Authorization\", \"Bearer \" + os.environ[\"{KEY}\"])");
    if !call.body.is_empty() {
        let presented = format!("os.environ.get(\"{PRESENTED}\", \"\")");
        program.push_str("request.add_header(\"Content-Type\", \"application/json\")\nrequest.data = json.dumps({\n");
        for (name, value) in call.members(&presented, ("[", "]")) {
            let _ = writeln!(program, "    \"{name}\": {value},");
        }
        program.push_str("}).encode()\n");
    }
    program.push_str(
        "try:\n    with urllib.request.urlopen(request, timeout=10) as answer:\n        \
         print(answer.status, answer.read().decode())\nexcept urllib.error.HTTPError as refused:\n    \
         sys.exit(f\"{refused.code} {refused.read().decode()}\")\n",
    );
    program
}
