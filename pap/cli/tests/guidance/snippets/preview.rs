// Key 00000000-0000-7000-8000-000000000000 (acme/maker): asks what a key of acme could do, and makes none.
// ARGUS_KEY holds its secret, from a file or a secret store, never from the code.
// ARGUS_URL is the administration API; http://127.0.0.1:8181 where it is not set.
// Crates: reqwest 0.13 with `json`, serde_json 1, tokio 1 with `macros` and `rt-multi-thread`.
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let base = env::var("ARGUS_URL").unwrap_or_else(|_| "http://127.0.0.1:8181".to_owned());
    let url = format!("{base}/v1/keys/preview");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let answer = client
        .request(reqwest::Method::POST, url)
        .bearer_auth(env::var("ARGUS_KEY")?)
        .json(&serde_json::json!({
            "organisation": "acme",
            "name": "example",
            "scopes": ["acme/argus/keys:write"],
        }))
        .send()
        .await?;
    let status = answer.status();
    println!("{} {}", status.as_u16(), answer.text().await?);
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
