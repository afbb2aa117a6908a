// What a dApp built on @polkadot/api does, against a real node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { startNode, wallet } from './node.mjs';

let node;
let api;
let complaints = [];

before(async () => {
  node = await startNode();
  const warn = console.warn;
  const error = console.error;
  console.warn = (...words) => complaints.push(words.join(' ')) && warn(...words);
  console.error = (...words) => complaints.push(words.join(' ')) && error(...words);
  api = await ApiPromise.create({ provider: new WsProvider(node.config.url), throwOnConnect: true });
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

const member = (name) => node.config.members.find((one) => one.name === name).address;

// The wallet signs; the dApp never sees a key.
const signer = (name) => ({
  signPayload: async (payload) => {
    const bytes = api.registry
      .createType('ExtrinsicPayload', payload, { version: payload.version })
      .toU8a({ method: true });
    const signature = execFileSync(wallet, ['--url', node.config.url, '--account', name, 'sign-payload'], {
      input: `0x${Buffer.from(bytes).toString('hex')}`,
      env: { ...process.env, ALTHING_HOME: node.folder },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    }).trim();
    return { id: 1, signature };
  },
});

const sent = (transaction, who) =>
  new Promise((resolve, reject) => {
    transaction
      .signAndSend(member(who), { signer: signer(who) }, (result) => {
        if (result.isInBlock || result.isFinalized) resolve(result);
        else if (result.isError) reject(new Error(result.status.toString()));
      })
      .catch(reject);
  });

test('it connects and decodes the metadata', () => {
  assert.equal(api.genesisHash.toHex(), node.config.genesis);
  assert.equal(api.registry.chainTokens[0], 'ALT');
  assert.equal(api.registry.chainDecimals[0], 12);
  for (const pallet of ['system', 'balances', 'voting', 'referenda', 'treasury', 'cryptoRegistry']) {
    assert.ok(api.tx[pallet] || api.query[pallet], `${pallet} is in the metadata`);
  }
});

test('it reads System.Account', async () => {
  const { nonce, data } = await api.query.system.account(member('alice'));
  assert.equal(nonce.toNumber(), 0);
  assert.equal(data.free.toBigInt(), 100_000n * 10n ** 12n);
});

test('it reads a storage constant and calls a runtime API', async () => {
  assert.equal(api.consts.system.ss58Prefix.toNumber(), 42);
  const next = await api.call.accountNonceApi.accountNonce(member('alice'));
  assert.equal(next.toNumber(), 0);
});

test('it signs a transfer with the wallet and reads the events of its block', async () => {
  const amount = 5n * 10n ** 12n;
  const result = await sent(api.tx.balances.transferKeepAlive(member('bob'), amount), 'alice');
  assert.equal(result.dispatchError, undefined);
  const transfer = result.events.find(({ event }) => api.events.balances.Transfer.is(event));
  assert.equal(transfer.event.data.amount.toBigInt(), amount);
  assert.ok(api.events.system.ExtrinsicSuccess.is(result.events.at(-1).event));

  const hash = result.status.isInBlock ? result.status.asInBlock : result.status.asFinalized;
  const at = await api.at(hash);
  const events = await at.query.system.events();
  assert.ok(events.some(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event)));
  const block = await api.rpc.chain.getBlock(hash);
  assert.equal(block.block.extrinsics.length, 2);
  assert.equal(block.block.extrinsics[0].isSigned, false);
  assert.equal(block.block.extrinsics[0].method.section, 'timestamp');
  assert.equal(block.block.extrinsics[1].signer.toString(), member('alice'));
  assert.equal(block.block.header.hash.toHex(), hash.toHex());
});

test('a call that a rule refuses is reported with its pallet and name', async () => {
  const result = await sent(api.tx.balances.transferKeepAlive(member('bob'), 10n ** 30n), 'alice');
  assert.ok(result.dispatchError.isModule);
  const { section, name, docs } = api.registry.findMetaError(result.dispatchError.asModule);
  assert.equal(section, 'balances');
  assert.ok(name.length > 0);
  assert.match(docs[0], /^BAL-\d+$/);
});

test('a fee is estimated with a made-up classical signature', async () => {
  const info = await api.tx.balances.transferKeepAlive(member('bob'), 1).paymentInfo(member('alice'));
  assert.ok(info.partialFee.toBigInt() > 0n);
});

test('it follows heads', async () => {
  const numbers = [];
  let enough;
  const three = new Promise((resolve) => (enough = resolve));
  const stop = await api.rpc.chain.subscribeNewHeads((header) => {
    numbers.push(header.number.toNumber());
    if (numbers.length === 3) enough();
  });
  const provider = new WsProvider(node.config.url);
  await provider.isReady;
  await provider.send('dev_mine', [2]);
  await three;
  stop();
  await provider.disconnect();
  assert.deepEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2]);
});

test('nothing of it makes the library complain', () => {
  // That it has no wrappers for the chain's own methods is no complaint.
  const own = (line) => line.includes('RPC methods not decorated');
  assert.deepEqual(complaints.filter((line) => !own(line)), []);
});
