// Key 00000000-0000-7000-8000-000000000000 (acme/atlas/pep): asks whether whoever presented a credential may read acme/atlas/example.
// ARGUS_KEY holds its secret, from a file or a secret store, never from the code.
// ARGUS_PDP_URL is the decision point; http://127.0.0.1:8180 where it is not set.
// CALLER_CREDENTIAL holds what a caller presented, an API key or a token.
// Crates: reqwest 0.13 with `json`, serde_json 1, tokio 1 with `macros` and `rt-multi-thread`.
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let base = env::var("ARGUS_PDP_URL").unwrap_or_else(|_| "http://127.0.0.1:8180".to_owned());
    let url = format!("{base}/v1/verify");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let answer = client
        .request(reqwest::Method::POST, url)
        .bearer_auth(env::var("ARGUS_KEY")?)
        .json(&serde_json::json!({
            "credential": env::var("CALLER_CREDENTIAL").unwrap_or_default(),
            "action": "read",
            "resource": "acme/atlas/example",
        }))
        .send()
        .await?;
    let status = answer.status();
    println!("{} {}", status.as_u16(), answer.text().await?);
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
