//! Go, with its standard library alone.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut program = comment("//", introduction);
    program.push_str("package main\n\nimport (\n");
    let of_body: &[&str] = if call.body.is_empty() { &[] } else { &["bytes", "encoding/json"] };
    for package in of_body.iter().chain(&["fmt", "io", "log", "net/http", "os", "time"]) {
        let _ = writeln!(program, "\t\"{package}\"");
    }
    let _ = writeln!(program, ")\n\nfunc main() {{\n\tbase := os.Getenv(\"{}\")", call.base.variable);
    let _ = match &call.base.default {
        Some(default) => writeln!(program, "\tif base == \"\" {{\n\t\tbase = \"{default}\"\n\t}}"),
        None => writeln!(program, "\tif base == \"\" {{\n\t\tlog.Fatal(\"{} is not set\")\n\t}}", call.base.variable),
    };
    let body = body(&mut program, call);
    let _ = writeln!(program, "\trequest, err := http.NewRequest(\"{}\", base+\"{}\", {body})", call.method, call.path);
    program.push_str("\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n");
    let _ = writeln!(program, "\trequest.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"{KEY}\"))");
    if !call.body.is_empty() {
        program.push_str("\trequest.Header.Set(\"Content-Type\", \"application/json\")\n");
    }
    program.push_str(ENDING);
    program
}

/// Writes the body, and gives what names it.
fn body(program: &mut String, call: &Call) -> &'static str {
    if call.body.is_empty() {
        return "nil";
    }
    program.push_str("\tbody, err := json.Marshal(map[string]any{\n");
    for (name, value) in call.members(&format!("os.Getenv(\"{PRESENTED}\")"), ("[]string{", "}")) {
        let _ = writeln!(program, "\t\t\"{name}\": {value},");
    }
    program.push_str("\t})\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n");
    "bytes.NewReader(body)"
}

const ENDING: &str = "\tclient := http.Client{Timeout: 10 * time.Second}\n\
    \tanswer, err := client.Do(request)\n\
    \tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\
    \tdefer answer.Body.Close()\n\
    \ttext, err := io.ReadAll(answer.Body)\n\
    \tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\
    \tfmt.Println(answer.StatusCode, string(text))\n\
    \tif answer.StatusCode >= 300 {\n\t\tos.Exit(1)\n\t}\n}\n";
