/** Secrets as people have them: a word, a word with marks, a phrase, what a generator makes. */
export const SECRETS = ['hunterbob', 'Tr0ub4dor&3', 'correct horse battery', 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE'];

/** Command lines that hold one, where SECRET stands. */
const SHAPES: readonly (readonly string[])[] = [
  ['claude', 'SECRET'],
  ['claude', '-p', 'SECRET', '--model', 'opus'],
  ['claude', '--append-system-prompt', 'SECRET'],
  ['claude', '--system-prompt=SECRET'],
  ['claude', '--resume', 'SECRET'],
  ['claude', '--', 'SECRET'],
  ['claude', '--mcp-config', '{"mcpServers":{"a":{"headers":{"Authorization":"Bearer SECRET"}}}}'],
  ['claude', '--settings={"env":{"X":"SECRET"}}'],
  ['claude', '--sdk-url', 'ws://127.0.0.1:3456/sdk/x?token=SECRET'],
  ['claude', '--allowedTools', 'Bash(curl -u me:SECRET *)'],
  ['claude', '--session-name', 'SECRET'],
  ['claude', '--name', 'SECRET'],
  ['codex', 'exec', '--json', 'SECRET'],
  ['codex', '-c', 'mcp_servers.x.bearer_token="SECRET"', 'app-server'],
  ['codex', 'resume', '01a1f843-104e-7c31-ad0f-c61786748074', 'SECRET'],
  ['codex', 'app-server', '--ws-token', 'SECRET'],
  ['node', '/usr/bin/gemini', '--yolo', '-p', 'SECRET'],
  ['qwen', '--openai-api-key', 'SECRET'],
  ['opencode', 'serve', '--password', 'SECRET'],
  ['opencode', 'run', 'SECRET'],
  ['python3', '-m', 'aider', '--message', 'SECRET'],
  ['aider', '--api-key=openai=SECRET'],
  ['cursor-agent', '--api-key', 'SECRET', '-H', 'X-Key: SECRET'],
  ['npm exec mcp-remote https://x.example/?k=SECRET', '', ''],
  ['npx', '-y', '@openai/codex', 'exec', 'SECRET'],
  ['npx', 'mcp-remote', 'https://me:SECRET@x.example/sse#SECRET', '--header', 'Authorization: Bearer SECRET'],
  ['npx', '@modelcontextprotocol/server-postgres', 'postgresql://u:SECRET@db:5432/SECRET'],
  ['uvx', 'mcp-server-x', '--client-secret', 'SECRET'],
  ['docker', 'run', '-e', 'OPENAI_API_KEY=SECRET', 'mcp/x', 'SECRET'],
  ['docker', 'login', '-u', 'bob', '-p', 'SECRET'],
  ['env', 'T3_MCP_BEARER_TOKEN=SECRET', 'node', '/w/x.js', 'SECRET'],
  ['timeout', '300', 'claude', '-p', 'SECRET'],
  ['sudo', '-p', 'SECRET', 'ls'],
  ['sshpass', '-p', 'SECRET', 'ssh', 'bob@host'],
  ['sshpass', '-pSECRET', 'ssh', 'bob@host'],
  ['htpasswd', '-b', 'f', 'bob', 'SECRET'],
  ['mysql', '-u', 'root', '-pSECRET'],
  ['psql', 'postgres://bob:SECRET@db.example/x?password=SECRET'],
  ['curl', '-u', 'me:SECRET', '-H', 'X-Api-Key: SECRET', 'https://x.example/?q=SECRET'],
  ['git', '-c', 'http.extraheader=AUTHORIZATION: basic SECRET', 'clone', 'https://SECRET@x.example/y'],
  ['bash', '-c', 'deploy --token SECRET --now'],
  ['bash', '-lc', 'claude -p "SECRET"; echo done'],
  ['sh', '-c', "'codex' exec 'SECRET'"],
  ['sh', '-c', 'PASSWORD=SECRET npm run dev'],
  ['cmd.exe', '/c', 'claude.cmd -p SECRET'],
  ['powershell', '-Command', 'Connect -Password SECRET'],
  ['node', '-e', 'fetch(u,{headers:{"x-api-key":"SECRET"}})'],
  ['python3', '-c', 'login("SECRET")'],
  ['ssh', 'host', 'codex exec "SECRET"'],
  ['server-title: SECRET'],
  ['tmux', 'new-session', '-d', '-s', 'SECRET', 'claude -p "SECRET"'],
  ['openssl', 'enc', '-aes-256-cbc', '-k', 'SECRET'],
  ['node', '/w/.bin/mcp-server-x', '--license', 'SECRET', '--unknown=SECRET', 'SECRET'],
];

/** Every shape with every secret. */
export const SECRET_LINES: readonly { readonly argv: readonly string[]; readonly secret: string }[] = SHAPES.flatMap(
  (shape) => SECRETS.map((secret) => ({ argv: shape.map((word) => word.replaceAll('SECRET', secret)), secret })),
);

/** What of the secret may stand nowhere: a phrase that a split tore is looked for by its words. */
export function piecesOf(secret: string): readonly string[] {
  return secret.split(' ');
}

const ID = '9c3f8849-0000-4000-8000-000000000001';

/** Ordinary command lines, and how much of them must stay to be read. */
export const READABLE: readonly (readonly [readonly string[], string])[] = [
  [['claude', '--resume', ID], `claude --resume ${ID}`],
  [['claude', '--resume', ID, 'go on'], `claude --resume ${ID} …`],
  [['claude', '-p', 'my plan', '--model', 'opus'], 'claude -p … --model opus'],
  [
    ['claude', '--output-format', 'stream-json', '--permission-mode', 'plan', '--verbose'],
    'claude --output-format stream-json --permission-mode plan --verbose',
  ],
  [['/home/u/.local/bin/claude', 'mcp', 'serve'], '/home/u/.local/bin/claude mcp serve'],
  [['claude', '--add-dir', '/home/u/api', '/home/u/web'], 'claude --add-dir /home/u/api /home/u/web'],
  [['codex', 'app-server', '--listen', 'ws://127.0.0.1:4500'], 'codex app-server --listen ws://127.0.0.1:4500'],
  [['codex', 'exec', '-m', 'gpt-5.1-codex', 'fix it'], 'codex exec -m gpt-5.1-codex …'],
  [['codex', 'resume', ID], `codex resume ${ID}`],
  [['node', '/usr/bin/gemini', '--acp'], 'node /usr/bin/gemini --acp'],
  [['qwen', '--approval-mode', 'yolo', '-p', 'x y'], 'qwen --approval-mode yolo -p …'],
  [['opencode', 'serve', '--hostname', '0.0.0.0', '--port', '4096'], 'opencode serve --hostname 0.0.0.0 --port 4096'],
  [['opencode', 'run', 'check', 'the mail'], 'opencode run …'],
  [['copilot', '--acp'], 'copilot --acp'],
  [['npm', 'run', 'dev'], 'npm run dev'],
  [['npm exec mcp-server-filesystem /data', '', ''], 'npm exec mcp-server-filesystem /data'],
  [['npx', '-y', '@upstash/context7-mcp@latest'], 'npx -y @upstash/context7-mcp@latest'],
  [
    ['node', '/w/node_modules/.bin/mcp-server-filesystem', '/data'],
    'node /w/node_modules/.bin/mcp-server-filesystem /data',
  ],
  [['server-filesystem', '/data'], 'server-filesystem /data'],
  [['sh', '-c', "'mcp-server-filesystem' /tmp"], "sh -c ''\\''mcp-server-filesystem'\\'' /tmp'"],
  [
    ['uvx', '--python', '3.13', 'chroma-mcp', '--data-dir', '/home/u/c'],
    'uvx --python 3.13 chroma-mcp --data-dir /home/u/c',
  ],
  [['python3', '-m', 'http.server', '--bind', '127.0.0.1'], 'python3 -m http.server --bind 127.0.0.1'],
  [['docker', 'run', '-i', '--rm', 'mcp/fetch'], 'docker run -i --rm mcp/fetch'],
  [['docker', 'compose', 'up', '-d'], 'docker compose up -d'],
  [['git', 'push'], 'git push'],
  [['cargo', 'build', '--release'], 'cargo build --release'],
  [['bash', '-c', 'a'.repeat(100) + '; '.repeat(56)], 'bash -c …(212 characters)'],
  [['timeout', '300', 'claude', '-p', 'x'], 'timeout 300 claude -p …'],
  [['sleep', '300'], 'sleep 300'],
  [['bun', '/home/u/m/worker-service.cjs', '--daemon'], 'bun /home/u/m/worker-service.cjs --daemon'],
  [['npx', 'mcp-remote', 'https://mcp.example.com:8443/sse'], 'npx mcp-remote https://mcp.example.com:8443/…'],
];
