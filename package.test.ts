// What is packed is what a user gets: the files, the types, the names of each door, and nothing that happens on import.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems'
import { publint } from 'publint'
import { build } from 'tsdown'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { INSTALLS, type Installation, installation, packed } from './package.fixture.ts'
import { declarationsOf } from './package-types.fixture.ts'

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const PACKAGE = { private: true, type: 'module' }
const DOORS = Object.keys(manifest.exports)
/** The doors that need no package of the user's own. */
const PLAIN = ['heddle', 'heddle/model', 'heddle/properties']

let tarball = ''
let archive: ReturnType<typeof createPackageFromTarballData>
/** Somebody's project, with heddle and nothing else. */
let project: Installation
const inPackage = (...names: readonly string[]) => join(project.path, 'node_modules', 'heddle', ...names)

beforeAll(async () => {
  tarball = await packed()
  archive = createPackageFromTarballData(readFileSync(tarball))
  project = installation({ 'package.json': JSON.stringify(PACKAGE) })
  await project.install(tarball)
}, INSTALLS.timeout)

/** The files of the package, from its folder. */
function files(): readonly string[] {
  return archive.listFiles().map((path) => path.replace(/^\/node_modules\/heddle\//, ''))
}

/** The packages that the files which end so import. */
function importsOf(end: string): ReadonlySet<string> {
  const found = files()
    .filter((name) => name.endsWith(end))
    .flatMap((name) => ts.preProcessFile(readFileSync(inPackage(name), 'utf8')).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] as string)
  // What `heddle init` writes imports heddle itself.
  return new Set(found.filter((name) => name !== manifest.name))
}

describe('the package', () => {
  it('has what was built, and what npm asks for, and nothing else', () => {
    const others = files().filter((name) => !/^dist\/[a-z-]+\d?(\.d\.ts|\.js)$/.test(name))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
  })

  it('points at no source map', () => {
    for (const name of files()) expect(readFileSync(inPackage(name), 'utf8')).not.toMatch(/^\/\/# source/m)
  })

  it('has nothing that publint would change', async () => {
    const { messages } = await publint({ pkgDir: inPackage(), pack: false, strict: true })
    expect(messages).toEqual([])
  })

  it('has types that are right for whoever imports it, though not for require() of an older compiler', async () => {
    const analysis = await checkPackage(archive)
    if (analysis.types === false) throw new Error('Expected types, found none.')
    expect(Object.keys(analysis.entrypoints).toSorted()).toEqual(DOORS.toSorted())
    const ofModules = analysis.problems.filter((problem) =>
      (['node16-esm', 'bundler'] as const).some((kind) =>
        problemAffectsResolutionKind(problem, kind, analysis),
      ),
    )
    expect(ofModules).toEqual([])
  })

  it('depends on what it imports, and on nothing else', () => {
    const { dependencies, peerDependencies } = manifest
    const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
    expect([...importsOf('.js')].toSorted()).toEqual(declared.toSorted())
    expect(declared).toEqual(expect.arrayContaining([...importsOf('.d.ts')]))
  })

  it.each([
    [
      'heddle',
      'HeddleError System actor always check defineConfig delayBounded encodeTrace eventually explain explore fifo',
      'formatTrace formatUs hunt leadsTo monitor on parseTrace pct portfolio pos random record replay run runAll',
      'saturationOf scenario seeded shrink sometimes toUs world',
    ],
    [
      'heddle/model',
      'AGENT_EVENTS CLOSE ConnectionCoordinator InvalidTransition STATES TRANSITIONS competing',
      'connectionCoordinator coordinator isEnded isLegal isOwning lifecycle mutants scenarios single transition',
    ],
    [
      'heddle/properties',
      'allFiveAgentEvents allProperties catalogueScenario everyConnectionSettles everyStandbyIsPromoted',
      'exactlyOneGrant legalTransitionsOnly no1011WithoutFault noMessageLostDuplicatedOrReordered noOrphanTimer',
      'noOrphansAtRest nothingBeforeReady oneMachinePerUser oneOwnerPerUser phasesInSequence reachable',
      'setUpOverhead unauthenticatedGetsOnlyAClose untimedProperties',
    ],
    ['heddle/fast-check', 'faultPlans policies schedule schedules workloads'],
    ['heddle/vitest', 'expect it replays test'],
  ])('has under %s the names that users need, and no more', async (door, ...names) => {
    const inDoor: object = await import(door)
    expect(Object.keys(inDoor).toSorted()).toEqual(names.join(' ').split(' '))
  })

  it('leaves the process alone when a door is opened', () => {
    const look = `() => JSON.stringify([Reflect.ownKeys(globalThis).map(String), process.env,
      process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
      [Object, Function, Array, Map, Set, Promise, Error].map((of) => Reflect.ownKeys(of.prototype).length)])`
    const imports = PLAIN.map((door) => `await import('${door}')`).join('; ')
    const script = `const look = ${look}; const before = look(); ${imports}; console.log(look() === before)`
    const args = ['--input-type=module', '--eval', script]
    expect(execFileSync(process.execPath, args, { cwd: project.path, encoding: 'utf8' })).toBe('true\n')
  })

  it('leaves nothing in a bundle that only imports it, but for the matchers of heddle/vitest', async () => {
    for (const [name, door] of [
      ['nothing', 'heddle'],
      ['matchers', 'heddle/vitest'],
    ]) {
      project.write(`${name}.js`, `import '${door}'`)
    }
    await build({
      cwd: project.path,
      config: false,
      entry: ['nothing.js', 'matchers.js'],
      outDir: 'bundled',
      deps: { alwaysBundle: [/^heddle/], neverBundle: [/^(?!heddle)[^./]/] },
      logLevel: 'silent',
    })
    const bundled = (name: string) => readFileSync(join(project.path, 'bundled', `${name}.mjs`), 'utf8')
    expect(bundled('nothing')).not.toContain('class')
    expect(bundled('matchers')).toContain('toHold')
  })
})

describe('a project with heddle alone', () => {
  it('runs a program', INSTALLS, async () => {
    project.write(
      'program.js',
      `import { hunt } from 'heddle'
      import { competing, lifecycle } from 'heddle/model'
      import { oneOwnerPerUser } from 'heddle/properties'
      const options = { coordinator: competing, connections: 2, properties: [oneOwnerPerUser] }
      const { verdict } = await hunt(lifecycle('two tabs', options))
      console.log(verdict)`,
    )
    expect(await project.run(process.execPath, 'program.js')).toEqual({ code: 0, output: 'violated\n' })
  })

  it('runs the command, its threads, and a coordinator in TypeScript', INSTALLS, async () => {
    project.write(
      'mine.ts',
      `import { type Coordinator, single } from 'heddle/model'
      export default { ...single(), name: 'mine' } satisfies Coordinator`,
    )
    for (const [args, shown] of [
      ['list', 'five-tabs'],
      ['hunt five-tabs --seeds 20', 'no violation found'],
      ['hunt five-tabs --seeds 20 --coordinator ./mine.ts', 'mine'],
      ['check five-tabs --coordinator single', 'holds, every schedule'],
    ] as const) {
      const { code, output } = await project.run('heddle', ...args.split(' '))
      expect(output).toContain(shown)
      expect(code).toBe(0)
    }
  })
})

describe('a project with a test runner and a compiler', () => {
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? []

  beforeAll(async () => {
    const versions = ['vitest', 'fast-check', 'typescript', '@types/node'].map(
      (name) => `${name}@${manifest.devDependencies[name]}`,
    )
    await project.install(...versions)
    project.write('example/readme.test.ts', example)
    project.write('example/doors.ts', DOORS.map(importAll).join(''))
  }, INSTALLS.timeout)

  const importAll = (door: string, index: number) =>
    door.endsWith('.json')
      ? ''
      : `import * as door${index} from 'heddle${door.slice(1)}'\nvoid door${index}\n`

  it.each([
    ['node16', 'node16'],
    ['bundler', 'esnext'],
  ])('has types under moduleResolution %s', INSTALLS, async (moduleResolution, module) => {
    const options = { moduleResolution, module, target: 'es2022', strict: true, noEmit: true }
    const compilerOptions = { ...options, exactOptionalPropertyTypes: true, types: ['node'] }
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['example', 'mine.ts'] }))
    // Declarations of packages are another test's, as there are many.
    const compiled = await project.run('tsc', '--project', '.', '--skipLibCheck')
    expect(compiled).toEqual({ code: 0, output: '' })
  })

  it('has types without a mistake, of which each can be imported', INSTALLS, () => {
    const doors = DOORS.flatMap((door) => manifest.exports[door].types ?? [])
    const { errors, unnameable } = declarationsOf(doors.map((path) => inPackage(path)))
    expect(errors).toEqual([])
    expect(unnameable).toEqual([])
  })

  it('finds what the README says', INSTALLS, async () => {
    expect(example).toContain('test.sim(')
    const { code, output } = await project.run('vitest', 'run', '--dir', 'example')
    expect(output).toContain('hello is processed')
    expect(code).toBe(1)
  })

  it('passes with what heddle init writes, in its tests and at the gate', INSTALLS, async () => {
    const written = await project.run('heddle', 'init')
    expect(written).toMatchObject({ code: 0 })
    expect(await project.run('vitest', 'run', '--dir', 'sim')).toMatchObject({ code: 0 })
    const gate = await project.run('heddle', 'gate', '--budget', '10s')
    expect(gate.output).toContain('an inbox keeps what comes early')
    expect(gate.code).toBe(0)
  })
})

describe('a project with fast-check 3', () => {
  it('takes the package, and finds with its arbitraries', INSTALLS, async () => {
    const older = installation({
      'package.json': JSON.stringify(PACKAGE),
      'program.js': `import fc from 'fast-check'
        import { run } from 'heddle'
        import { schedules } from 'heddle/fast-check'
        import { competing, lifecycle } from 'heddle/model'
        import { oneOwnerPerUser } from 'heddle/properties'
        const tabs = lifecycle('two tabs', { coordinator: competing, connections: 2, properties: [oneOwnerPerUser] })
        const holds = async (source) => (await run(tabs, { source })).violations.length === 0
        const { counterexample } = await fc.check(fc.asyncProperty(schedules(), holds), { seed: 1 })
        console.log(fc.stringify(counterexample))`,
    })
    await older.install('fast-check@3.23.2')
    await older.install(tarball)
    const { code, output } = await older.run(process.execPath, 'program.js')
    expect(output).toMatch(/^\[schedule\(\[.*\]\)\]\n$/)
    expect(code).toBe(0)
  })
})

describe('a clone', () => {
  it('has types of each door once it is built, so that an editor knows what its files import', () => {
    const types = Object.values(manifest.exports).flatMap((door) =>
      typeof door === 'object' ? [(door as { types: string }).types] : [],
    )
    expect(types).toHaveLength(DOORS.length - 1)
    for (const path of types) {
      expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toMatch(/^(ex|im)port /)
    }
  })
})
