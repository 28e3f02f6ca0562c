//! Rust, with reqwest and tokio.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut program = comment("//", introduction);
    let (features, json) = if call.body.is_empty() { ("", "") } else { (", features = [\"json\"]", ", serde_json 1") };
    let with = if features.is_empty() { "" } else { " with `json`" };
    let _ = writeln!(program, "// Crates: reqwest 0.13{with}{json}, tokio 1 with `macros` and `rt-multi-thread`.");
    program
        .push_str("use std::env;\nuse std::error::Error;\nuse std::process::ExitCode;\nuse std::time::Duration;\n\n");
    program.push_str("#[tokio::main]\nasync fn main() -> Result<ExitCode, Box<dyn Error>> {\n");
    let variable = call.base.variable;
    let _ = match &call.base.default {
        Some(default) => {
            writeln!(program, "    let base = env::var(\"{variable}\").unwrap_or_else(|_| \"{default}\".to_owned());")
        }
        None => writeln!(program, "    let base = env::var(\"{variable}\")?;"),
    };
    let _ = writeln!(program, "    let url = format!(\"{{base}}{}\");", call.path);
    program.push_str("    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;\n");
    let _ = write!(
        program,
        "    let answer = client\n        .request(reqwest::Method::{}, url)\n        .bearer_auth(env::var(\"{KEY}\")?)\n",
        call.method
    );
    if !call.body.is_empty() {
        program.push_str("        .json(&serde_json::json!({\n");
        for (name, value) in call.members(&format!("env::var(\"{PRESENTED}\").unwrap_or_default()"), ("[", "]")) {
            let _ = writeln!(program, "            \"{name}\": {value},");
        }
        program.push_str("        }))\n");
    }
    program.push_str(
        "        .send()\n        .await?;\n    let status = answer.status();\n    \
         println!(\"{} {}\", status.as_u16(), answer.text().await?);\n    \
         Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })\n}\n",
    );
    program
}
