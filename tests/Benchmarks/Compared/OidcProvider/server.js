// RFC 7662 introspection by oidc-provider: opaque tokens, all in memory. Arguments: port, client id, client secret, how many tokens to
// make, every how many of them one is revoked, and a file to write them to, one a line.
import { writeFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, id, secret, count, revokedEvery, file] = process.argv.slice(2);

// The adapter that comes with oidc-provider forgets all but the last 1,000.
class MemoryAdapter {
  static #stored = new Map();

  #name;

  constructor(name) {
    this.#name = name;
  }

  async upsert(key, payload) {
    MemoryAdapter.#stored.set(`${this.#name}:${key}`, payload);
  }

  async find(key) {
    return MemoryAdapter.#stored.get(`${this.#name}:${key}`);
  }

  async destroy(key) {
    MemoryAdapter.#stored.delete(`${this.#name}:${key}`);
  }

  async consume() {}

  async revokeByGrantId() {}
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: MemoryAdapter,
  clients: [
    {
      client_id: id,
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      scope: "read_repository",
    },
  ],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false }, introspection: { enabled: true } },
  scopes: ["read_repository"],
  ttl: { ClientCredentials: 24 * 60 * 60 },
});
const client = await provider.Client.find(id);
const tokens = [];
for (let i = 0; i < Number(count); i++) {
  const token = new provider.ClientCredentials({ client, scope: "read_repository" });
  tokens.push(await token.save());
  if ((i + 1) % Number(revokedEvery) === 0) {
    await token.destroy();
  }
}

writeFileSync(file, tokens.join("\n"));
provider.listen(Number(port), "127.0.0.1");
