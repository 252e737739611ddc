// What the declarations of the installed package are worth: whether they are right, and whether whoever has a value of a
// type can name that type.

import { dirname } from 'node:path'
import ts from 'typescript'

// An alias is written out where it has no name.
const NAMED = ts.SymbolFlags.Interface | ts.SymbolFlags.Class

export interface Declarations {
  /** What the compiler says of them, a line each. Those of other packages are believed. */
  readonly errors: readonly string[]
  /** Interfaces and classes that the signature of something exported speaks of, and that no door exports. */
  readonly unnameable: readonly string[]
}

/** Looks at the declarations of a package, given by the paths of its doors, all in one folder. */
export function declarationsOf(doors: readonly string[]): Declarations {
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }
  const program = ts.createProgram(doors, { ...options, strict: true, noEmit: true, types: ['node'] })
  const folder = dirname(doors[0] as string)
  const ours = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder))
  const errors = ours.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ])
  return {
    errors: errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    unnameable: unnameable(program, doors, new Set(ours)),
  }
}

function unnameable(
  program: ts.Program,
  doors: readonly string[],
  ours: ReadonlySet<ts.SourceFile>,
): readonly string[] {
  const checker = program.getTypeChecker()
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const exportsOf = (door: string) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(door) as ts.SourceFile)
    return module === undefined ? [] : checker.getExportsOfModule(module)
  }
  const ownDeclarations = ({ declarations = [] }: ts.Symbol) =>
    declarations.filter((one) => ours.has(one.getSourceFile()))
  const nameable = new Set(doors.flatMap(exportsOf).map(original))
  const found = new Set<string>()
  const visit = (node: ts.Node, of: string): void => {
    const here = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
    const type = here && original(here)
    const isMissing = type && type.flags & NAMED && !nameable.has(type) && ownDeclarations(type).length > 0
    if (isMissing) found.add(`${type.name} in ${of}`)
    ts.forEachChild(node, (child) => visit(child, of))
  }
  for (const symbol of nameable) {
    for (const declaration of ownDeclarations(symbol)) visit(declaration, symbol.name)
  }
  return [...found].sort()
}
