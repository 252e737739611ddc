export const mutants: readonly Mutant[] = []
export interface Mutant {
  name: string
}
