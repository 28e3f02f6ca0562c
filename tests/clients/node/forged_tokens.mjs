// jose: which of the tokens on standard input it believes, by the keys and rules beside it.

import { readFileSync } from 'node:fs'
import * as jose from 'jose'

const asked = JSON.parse(readFileSync(0, 'utf8'))

async function believes({ token, keys, issuer, audiences, algorithms, required }) {
  const set = jose.createLocalJWKSet({ keys })
  const options = {
    issuer,
    audience: audiences,
    algorithms,
    requiredClaims: required,
    clockTolerance: asked.leeway_seconds,
    currentDate: new Date(asked.now * 1000),
  }
  try {
    await jose.jwtVerify(token, set, options)
    return true
  } catch {
    return false
  }
}

console.log(JSON.stringify({ jose: await Promise.all(asked.cases.map(believes)) }))
