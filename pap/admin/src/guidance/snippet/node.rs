//! Node 18 or newer, as an ES module.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut program = comment("//", introduction);
    program.push_str("// Node 18 or newer; save it as call.mjs.\n");
    let env = |variable: &str| format!("process.env.{variable}");
    let variable = call.base.variable;
    let base = match &call.base.default {
        Some(default) => format!("{} || \"{default}\"", env(variable)),
        None => env(variable),
    };
    let _ = writeln!(program, "const base = {base};");
    let _ = writeln!(program, "const answer = await fetch(`${{base}}{}`, {{", call.path);
    let _ = writeln!(
        program,
        "  method: \"{}\",\n  redirect: \"error\",\n  signal: AbortSignal.timeout(10_000),",
        call.method
    );
    let authorization = format!("Authorization: `Bearer ${{{}}}`", env(KEY));
    if call.body.is_empty() {
        let _ = writeln!(program, "  headers: {{ {authorization} }},");
    } else {
        let _ = writeln!(program, "  headers: {{ {authorization}, \"Content-Type\": \"application/json\" }},");
        program.push_str("  body: JSON.stringify({\n");
        for (name, value) in call.members(&format!("{} ?? \"\"", env(PRESENTED)), ("[", "]")) {
            let _ = writeln!(program, "    {name}: {value},");
        }
        program.push_str("  }),\n");
    }
    program.push_str("});\nconsole.log(answer.status, await answer.text());\nif (!answer.ok) process.exitCode = 1;\n");
    program
}
