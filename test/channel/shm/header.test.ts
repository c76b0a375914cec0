import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { channelHeader } from '../../support/channel-header.ts'
import { root } from '../../support/paths.ts'

test('the C header has the numbers of the layout (HUTONG_UPDATE=1 writes it anew)', () => {
  const path = join(root, 'include/hutong/channel-layout.h')
  if (process.env['HUTONG_UPDATE'] === '1') writeFileSync(path, channelHeader())
  assert.equal(readFileSync(path, 'utf8'), channelHeader())
})
