//! Java 17 or newer, as one file that `java` runs as it is.

use std::fmt::Write as _;

use super::comment;
use crate::guidance::call::{Call, KEY, PRESENTED, TOKEN_CHARACTERS};

pub(super) fn write(introduction: &[String], call: &Call) -> String {
    let mut program = comment("//", introduction);
    program.push_str(
        "// Java 17 or newer: `java Call.java`.\n\
         import java.net.URI;\nimport java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\n\
         import java.net.http.HttpRequest.BodyPublishers;\nimport java.net.http.HttpResponse.BodyHandlers;\n\
         import java.time.Duration;\nimport java.util.Objects;\n\n\
         public class Call {\n    public static void main(String[] arguments) throws Exception {\n",
    );
    let variable = call.base.variable;
    let _ = match &call.base.default {
        Some(default) => {
            writeln!(
                program,
                "        var base = Objects.requireNonNullElse(System.getenv(\"{variable}\"), \"{default}\");"
            )
        }
        None => writeln!(
            program,
            "        var base = Objects.requireNonNull(System.getenv(\"{variable}\"), \"{variable}\");"
        ),
    };
    let publisher = body(&mut program, call);
    let _ = writeln!(program, "        var request = HttpRequest.newBuilder(URI.create(base + \"{}\"))", call.path);
    let _ = writeln!(program, "            .timeout(Duration.ofSeconds(10))");
    let _ = writeln!(program, "            .header(\"Authorization\", \"Bearer \" + System.getenv(\"{KEY}\"))");
    if !call.body.is_empty() {
        program.push_str("            .header(\"Content-Type\", \"application/json\")\n");
    }
    let _ = writeln!(program, "            .method(\"{}\", {publisher})\n            .build();", call.method);
    program.push_str(
        "        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());\n        \
         System.out.println(answer.statusCode() + \" \" + answer.body());\n        \
         System.exit(answer.statusCode() < 300 ? 0 : 1);\n    }\n}\n",
    );
    program
}

/// Writes the body, and gives what sends it. What was presented is looked at before it comes to stand in JSON.
fn body(program: &mut String, call: &Call) -> &'static str {
    if call.body.is_empty() {
        return "BodyPublishers.noBody()";
    }
    if call.shows_presented() {
        let _ = writeln!(
            program,
            "        var presented = Objects.requireNonNullElse(System.getenv(\"{PRESENTED}\"), \"\");\n        \
             if (!presented.matches(\"[{TOKEN_CHARACTERS}]*\")) throw new IllegalArgumentException(\"no credential\");"
        );
    }
    let json = call.json("$").replace('"', "\\\"").replace('$', "\" + presented + \"");
    let _ = writeln!(program, "        var body = \"{json}\";");
    "BodyPublishers.ofString(body)"
}
