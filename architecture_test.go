package fold_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// host is the first element of the module's path. The rules below name packages without it.
const host = "fold.example/"

// An importer is a file of the program. Tests, generators and the module of folder example
// may import any package.
type importer struct{ file, imports string }

func (i importer) pkg() string { return path.Join("fold", path.Dir(i.file)) }

func importers(t *testing.T) (all []importer) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "asm" || file == "example" || file != "." &&
			strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || file == "deps.go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all = append(all, importer{filepath.ToSlash(file), strings.TrimPrefix(p, host)})
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// within reports whether a package is p or below p.
func within(pkg string, ps ...string) bool {
	return slices.ContainsFunc(ps, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
}

// mayKnow lists the packages that each package may import, from the leaves up. The first
// rule for a package applies; a package without a rule fails the test.
var mayKnow = []struct {
	pkg   string
	knows []string
}{
	{"fold/internal/fault", nil},
	{"fold/internal/bitlen", nil},
	{"fold/internal/progress", nil},
	{"fold/internal/host", nil},
	{"fold/internal/arith", nil},
	{"fold/internal/wire", []string{"fold/internal/wire", "fold/internal/fault"}},
	{"fold/internal/tokens", []string{"fold/internal/fault"}},
	{"fold/internal/files", []string{"fold/internal/fault", "fold/internal/files"}},
	{"fold/internal/kernel", []string{"fold/internal/kernel"}},
	{"fold/internal/prf", nil},
	{"fold/internal/tools", nil},
	{"fold/internal/curve", leaves},
	{"fold/internal/poly", leaves},
	{"fold/internal/transcript", leaves},
	{"fold/internal/commit", leaves},
	{"fold/internal/testfiles", nil},
	{"fold/llama/quantize/quantizetest", []string{"fold/llama", "fold/internal/testfiles"}},
	{"fold/llama", []string{"fold/llama", "fold/internal/kernel", "fold/internal/files", "fold/internal/fault"}},
	{"fold/r1cs", append([]string{"fold/r1cs"}, leaves...)},
	{"fold/folding", append([]string{"fold/folding", "fold/r1cs"}, leaves...)},
	{"fold/step/relation", append([]string{"fold/step/relation", "fold/llama"}, leaves...)},
	{"fold/step/argument", append([]string{"fold/step/relation", "fold/llama"}, leaves...)},
	{"fold/step/weights", append([]string{"fold/step/argument", "fold/step/relation", "fold/llama"}, leaves...)},
	{"fold/step/settlement", append([]string{"fold/step/weights", "fold/step/relation", "fold/llama"}, leaves...)},
	{"fold/step/circuit", append([]string{"fold/step", "fold/folding", "fold/r1cs"}, leaves...)},
	{"fold/step", append([]string{
		"fold/step/settlement", "fold/step/weights", "fold/step/argument", "fold/step/relation", "fold/folding",
		"fold/llama", "fold/r1cs",
	}, leaves...)},
	{"fold/internal/cyclefold", append([]string{"fold/folding/spartan", "fold/r1cs"}, leaves...)},
	{"fold/proof", append([]string{"fold/proof", "fold/step", "fold/folding", "fold/r1cs", "fold/internal/cyclefold",
		"fold/internal/tokens"}, leaves...)},
	{"fold/checkpoint", []string{"fold/checkpoint", "fold/internal/files", "fold/internal/fault",
		"fold/internal/wire"}},
	{"fold/internal/keyfile", append([]string{"fold/internal/progress"}, leaves...)},
	{"fold/internal/cost", append([]string{"fold/step", "fold/llama"}, leaves...)},
	{"fold/internal/bench", append([]string{"fold/step", "fold/llama", "fold/internal/progress"}, leaves...)},
	{"fold/internal/model", append([]string{
		"fold/internal/model", "fold/internal/cost", "fold/internal/keyfile", "fold/internal/progress", "fold/step",
		"fold/llama",
	}, leaves...)},
	{"fold/internal/recursion", append([]string{
		"fold/proof", "fold/internal/cyclefold", "fold/internal/keyfile", "fold/internal/progress", "fold/step",
		"fold/folding",
		"fold/r1cs",
	}, leaves...)},
	{"fold/internal/run", append([]string{
		"fold/proof", "fold/internal/recursion", "fold/internal/model", "fold/internal/cost", "fold/internal/keyfile",
		"fold/internal/progress", "fold/checkpoint", "fold/step", "fold/folding", "fold/llama",
	}, leaves...)},
	{"fold/internal/measure", append([]string{
		"fold/internal/run", "fold/internal/model", "fold/internal/recursion", "fold/internal/cost",
		"fold/internal/keyfile", "fold/internal/progress", "fold/proof", "fold/step", "fold/llama",
	}, leaves...)},
	{"fold/cmd/fold", []string{"fold"}},
}

// leaves are the packages below all protocols.
var leaves = []string{
	"fold/internal/fault", "fold/internal/bitlen", "fold/internal/files", "fold/internal/wire", "fold/internal/host",
	"fold/internal/kernel", "fold/internal/arith", "fold/internal/curve", "fold/internal/prf",
	"fold/internal/transcript",
	"fold/internal/poly",
	"fold/internal/commit",
}

// violations lists the existing imports that no rule allows, each with the change that ends
// it. The list may only shrink: an entry that is no longer needed fails the test.
var violations = map[string]string{}

func TestImportsRunDownwards(t *testing.T) {
	found := map[string]bool{}
	for _, i := range importers(t) {
		if i.pkg() == "fold" || !within(i.imports, "fold") {
			continue // the root imports all of them
		}
		rule := slices.IndexFunc(mayKnow, func(r struct {
			pkg   string
			knows []string
		}) bool {
			return within(i.pkg(), r.pkg)
		})
		require.GreaterOrEqual(t, rule, 0, "%s: no rule for its package", i.file)
		knows := mayKnow[rule].knows
		if slices.Equal(knows, []string{"fold"}) {
			require.Equal(t, "fold", i.imports, "%s talks to the library alone", i.file)
			continue
		}
		if !within(i.imports, knows...) {
			edge := i.pkg() + " -> " + i.imports
			found[edge] = true
			require.Contains(t, violations, edge, "%s imports %s; its package may know %v", i.file, i.imports, knows)
		}
	}
	for edge := range violations {
		require.True(t, found[edge], "%s: it is no violation any more, take it off the list", edge)
	}
}

// TestWhoKnowsStores: only one package imports the package of durable stores.
func TestWhoKnowsStores(t *testing.T) {
	for _, i := range importers(t) {
		if within(i.imports, "fold/checkpoint") {
			require.True(t, within(i.pkg(), "fold/checkpoint", "fold/internal/run"), "%s imports %s", i.file, i.imports)
		}
	}
}

// TestRootIsAFace: the root has few files, and none imports the internals of a protocol.
func TestRootIsAFace(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	n := 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			n++
		}
	}
	require.Less(t, n, 20, "files of the root")
	for _, i := range importers(t) {
		if i.pkg() == "fold" {
			require.False(t, within(i.imports, "fold/folding", "fold/r1cs", "fold/checkpoint", "fold/internal/poly",
				"fold/internal/transcript"),
				"%s imports %s", i.file, i.imports)
		}
	}
}

// TestNoLibraryTextNamesAFlag: the library states needs as data (Detail), and only the
// command line names flags and commands.
func TestNoLibraryTextNamesAFlag(t *testing.T) {
	command := regexp.MustCompile(`(^|[ (:])(--[a-z]|-[mknpso] |fold (model|run|eval|setup|commit|prove|resume|` +
		`status|compress|verify|inspect|estimate|bench) (-|%|[A-Z]))`)
	// This flag belongs to another program, which wrote the file.
	others := []string{"a llama2.c file of version %d, expected the legacy format (export --version 0)"}
	seen := map[string]bool{}
	for _, i := range importers(t) {
		if within(i.pkg(), "fold/cmd", "fold/internal/tools") || seen[i.file] {
			continue
		}
		seen[i.file] = true
		f, err := parser.ParseFile(token.NewFileSet(), i.file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				text, err := strconv.Unquote(l.Value)
				require.NoError(t, err)
				require.True(t, !command.MatchString(text) || slices.Contains(others, text), "%s: %q", i.file, text)
			}
			return true
		})
	}
}

// forbiddenToProof lists the packages that a verifier of proofs must not link, each with
// the importers through which package proof still depends on it. These importers may only
// become fewer.
var forbiddenToProof = map[string][]string{
	"github.com/cockroachdb/pebble":   nil,
	"gonum.org":                       nil,
	"github.com/spf13":                nil,
	"fold/checkpoint":                 nil,
	"fold/llama/source":               nil,
	"fold/llama/quantize":             nil,
	"github.com/consensys/gnark":      nil,
	"github.com/nikolalohinski/gonja": nil,
}

// TestWhatProofLinks: package proof depends on no package that is forbidden to it, except
// through the importers that the list names.
func TestWhatProofLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./proof").Output()
	require.NoError(t, err)
	today := map[string]map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(string(out), host, "")) {
		words := strings.Fields(line)
		for _, imported := range words[1:] {
			for forbidden, by := range forbiddenToProof {
				if !within(imported, forbidden) || !within(words[0], "fold") {
					continue
				}
				require.Contains(t, by, words[0], "package proof depends on %s by %s", imported, words[0])
				if today[forbidden] == nil {
					today[forbidden] = map[string]bool{}
				}
				today[forbidden][words[0]] = true
			}
		}
	}
	for forbidden, by := range forbiddenToProof {
		for _, pkg := range by {
			require.True(t, today[forbidden][pkg], "%s no longer imports %s: take it off the list", pkg, forbidden)
		}
	}
}

// Package step depends on the model's configuration, weights and trace, but not on their
// files or import.
func TestStepKnowsNoFilesAndNoFlags(t *testing.T) {
	for _, i := range importers(t) {
		if within(i.pkg(), "fold/step") {
			require.False(t, within(i.imports, "os", "flag", "path/filepath", "github.com/spf13", "fold/llama/source",
				"fold/llama/quantize"),
				"%s imports %s", i.file, i.imports)
		}
	}
}

func TestWhoMayUseLibraries(t *testing.T) {
	for library, users := range map[string][]string{
		"github.com/consensys/gnark":    {"fold/r1cs/gadget", "fold/folding/circuit", "fold/step/circuit"},
		"github.com/cockroachdb/pebble": {"fold/checkpoint"},
		"github.com/spf13":              {"fold/cmd/fold"},
	} {
		for _, i := range importers(t) {
			if within(i.imports, library) {
				require.True(t, within(i.pkg(), users...) || within(path.Join("fold", i.file), users...),
					"%s imports %s; only %v may", i.file, i.imports, users)
			}
		}
	}
}

// The packages that a verifier of proofs links do not include the circuit compiler. Circuit
// packages import these packages, never the reverse.
func TestNativePackagesLinkNoCompiler(t *testing.T) {
	for _, pkg := range []string{"fold/r1cs", "fold/folding", "fold/folding/spartan", "fold/step", "fold/proof"} {
		out, err := exec.Command("go", "list", "-deps", host+pkg).CombinedOutput()
		require.NoError(t, err, "%s", out)
		for _, dep := range strings.Fields(string(out)) {
			require.False(t, within(dep, "github.com/consensys/gnark"), "%s links %s", pkg, dep)
		}
	}
}

// inventories are the files that start a transcript, with the list of what it absorbs, which a test of the list's
// package compares. Two files have no list: cost measures a sumcheck, and mercury weighs the equations of several
// openings by challenges drawn after all of them.
var inventories = map[string]string{
	"folding/internal/protocol/fold.go":  "folding/testdata/transcript.txt",
	"folding/spartan/prove.go":           "folding/spartan/testdata/transcript.txt",
	"folding/spartan/verify.go":          "folding/spartan/testdata/transcript.txt",
	"step/argument/argument.go":          "step/argument/testdata/transcript.txt",
	"step/settlerun.go":                  "step/testdata/transcript.txt",
	"step/settletransition.go":           "step/testdata/transcript.txt",
	"internal/commit/mercury/pairing.go": "",
	"internal/cost/speed.go":             "",
}

// Every transcript of the program has an inventory.
func TestTranscriptsHaveInventories(t *testing.T) {
	starts := map[string]bool{}
	for _, i := range importers(t) {
		if i.imports != "fold/internal/transcript" || strings.HasSuffix(i.pkg(), "test") {
			continue
		}
		text, err := os.ReadFile(i.file)
		require.NoError(t, err)
		if strings.Contains(string(text), "transcript.New(") || strings.Contains(string(text), "transcript.Over") {
			starts[i.file] = true
		}
	}
	for file := range starts {
		require.Contains(t, inventories, file, "it starts a transcript without an inventory")
	}
	for file, inventory := range inventories {
		require.True(t, starts[file], "%s starts no transcript", file)
		if inventory != "" {
			require.FileExists(t, inventory)
		}
	}
}
