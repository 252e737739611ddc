import { describe, expect, it } from 'vitest'
import { namePattern, replayCommand, replayPath } from './command.ts'

const test = { file: '/home/ann/app/src/inbox.test.ts', names: ['the inbox', 'keeps it'], twin: 1 }

describe('the pattern of a name', () => {
  it.each([
    [['keeps the first message']],
    [['a group', 'expects 1 + 1 = 2? (really) [maybe] {1,2} ^$ | \\ *.*']],
    [["it's", 'quoted `twice` "here"']],
    [['line\nbreak', 'a tab\t, a bell\u0007 and \u200bnothing', 'a \u{1f9f5} thread']],
    [['/slashes/', '-t', '$HOME', '!!']],
  ])('matches its own full name: %j', (names) => {
    expect(names.join(' ')).toMatch(new RegExp(namePattern(names)))
    expect(names.join(' > ')).toMatch(new RegExp(namePattern(names)))
  })

  it('matches no name that it is only a part of', () => {
    const pattern = new RegExp(namePattern(['keeps it']))
    expect('keeps it all').not.toMatch(pattern)
    expect('the inbox keeps it').not.toMatch(pattern)
  })

  it('holds no quote, and nothing that is not seen', () => {
    expect(namePattern(["it's\na \u202etrick\u0000"])).toBe('^it.s[^]a [^]trick[^]$')
  })
})

describe('the command of a replay', () => {
  it('names the file, the test file from here, and the test', () => {
    expect(replayCommand('.heddle/a.replay', test, '/home/ann/app')).toBe(
      "HEDDLE_REPLAY=.heddle/a.replay npx vitest run src/inbox.test.ts -t '^the inbox( >)? keeps it$'",
    )
  })

  it('quotes what a shell would take apart', () => {
    const odd = { ...test, file: "/home/ann/app/src/what's (new).test.ts" }
    expect(replayCommand('my files/a.replay', odd, '/home/ann/app')).toBe(
      "HEDDLE_REPLAY='my files/a.replay' npx vitest run 'src/what'\\''s (new).test.ts' -t '^the inbox( >)? keeps it$'",
    )
  })
})

describe('the path of a replay file', () => {
  const pathOf = (other: Partial<typeof test>, property = 'it holds') =>
    replayPath({ out: '.heddle', property }, { ...test, ...other }, '/home/ann/app')

  it('lies in a folder of its test file, and is named after the test and the property', () => {
    expect(pathOf({})).toBe('.heddle/src/inbox.test.ts/the-inbox-keeps-it.it-holds.replay')
  })

  it('stays in the folder for a test file outside', () => {
    expect(pathOf({ file: '/home/ann/lib/a.test.ts' })).toBe(
      '.heddle/lib/a.test.ts/the-inbox-keeps-it.it-holds.replay',
    )
  })

  it('differs for two tests whose names leave the same in a file name', () => {
    expect(pathOf({ twin: 2 })).toBe('.heddle/src/inbox.test.ts/the-inbox-keeps-it~2.it-holds.replay')
  })
})
