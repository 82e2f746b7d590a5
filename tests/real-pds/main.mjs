// Starts a PLC directory and two reference PDSes on loopback, prints one line of JSON with their addresses, and ends when its standard
// input is closed or it is told to: it must not outlive the tests that started it.
// Usage: node main.mjs <folder that install.sh made>
//        node main.mjs <folder that install.sh made> <PLC directory> <folder of its data> <port>
// The second way is one PDS in a process of its own, to be stopped and killed: with the rate limits that a PDS has, it comes back at the
// same port with what it had, and whoever started it ends it.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [installation, theirPlc, folder, port] = process.argv.slice(2)
const installed = createRequire(join(resolve(installation), 'package.json'))
const load = async (name) => import(pathToFileURL(installed.resolve(name)).href)

const data = folder ?? (await mkdtemp(join(tmpdir(), 'atbb-real-pds-')))

// What the servers say they were asked, for tests that count it. Their loggers read this once, when they are loaded, and write a line
// at a time into the one file.
const log = join(data, 'requests.jsonl')
if (!theirPlc) Object.assign(process.env, { LOG_ENABLED: 'true', LOG_LEVEL: 'info', LOG_SYSTEMS: '', LOG_DESTINATION: log })

const { MockDatabase, PlcServer } = (await load('@did-plc/server')).default
const { PDS, envToCfg, envToSecrets } = await load('@atproto/pds')

const running = []

// Both products listen on every interface, on a port that must be known beforehand. So the port is taken here, on loopback, and handed over.
async function reserve(port = 0) {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function serveOn(server, app) {
  app.listen = () => {
    server.on('request', app)
    setImmediate(() => server.emit('listening')) // What start() waits for.
    return server
  }
}

async function startPlc() {
  const server = await reserve()
  const plc = PlcServer.create({ db: new MockDatabase(), port: server.address().port })
  serveOn(server, plc.app)
  await plc.start()
  running.push(plc)
  return `http://127.0.0.1:${server.address().port}`
}

// Sessions, and the keys of DIDs, outlive the process where the data do.
async function secretsOf(folder) {
  const file = join(folder, 'secrets.json')
  try {
    return JSON.parse(await readFile(file))
  } catch {
    const secrets = { jwtSecret: randomBytes(16).toString('hex'), plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex') }
    await writeFile(file, JSON.stringify(secrets))
    return secrets
  }
}

async function startPds(name, plcUrl, { fixedPort = 0, rateLimitsEnabled = false } = {}) {
  const server = await reserve(fixedPort)
  const port = server.address().port
  await mkdir(join(data, name), { recursive: true })
  const env = {
    port,
    hostname: 'localhost',
    devMode: true,
    // By name: the PDS fetches from no address that is a bare IP.
    didPlcUrl: plcUrl.replace('127.0.0.1', 'localhost'),
    dataDirectory: join(data, name),
    blobstoreDiskLocation: join(data, name, 'blobs'),
    serviceHandleDomains: ['.test'],
    inviteRequired: false,
    rateLimitsEnabled,
    crawlers: [],
    adminPassword: 'admin',
    ...(await secretsOf(join(data, name))),
  }
  const config = envToCfg(env)
  // What DID documents will say: "localhost" may mean ::1, where nobody listens.
  config.service.publicUrl = `http://127.0.0.1:${port}`
  const pds = await PDS.create(config, envToSecrets(env))
  serveOn(server, pds.app)
  await pds.start()
  running.push(pds)
  return config.service.publicUrl
}

if (theirPlc) {
  console.log(await startPds('alone', theirPlc, { fixedPort: Number(port), rateLimitsEnabled: true }))
} else {
  let ending = false
  const end = async (code) => {
    if (ending) return
    ending = true
    // Open connections of a reader must not hold up the end of a test run.
    setTimeout(() => process.exit(code), 2_000).unref()
    await Promise.allSettled(running.map((server) => server.destroy()))
    await rm(data, { recursive: true, force: true })
    process.exit(code)
  }

  process.on('SIGTERM', () => end(0))
  process.on('SIGINT', () => end(0))
  process.stdin.on('end', () => end(0))
  process.stdin.on('close', () => end(0))
  process.stdin.resume()

  const plc = await startPlc()
  const pdses = [await startPds('one', plc), await startPds('two', plc)]
  console.log(JSON.stringify({ plc, pdses, accounts: ['one', 'two'].map((name) => join(data, name, 'account.sqlite')), log, adminPassword: 'admin' }))
}
