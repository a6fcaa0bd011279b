package fold_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An importer is a file that is part of the program: tests and generators may
// import what they like.
type importer struct{ file, imports string }

func (i importer) pkg() string { return path.Join("fold", path.Dir(i.file)) }

func importers(t *testing.T) (all []importer) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "asm" || file != "." && strings.HasPrefix(d.Name(), ".")) {
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
			all = append(all, importer{filepath.ToSlash(file), p})
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// within tells whether a package is p or below it.
func within(pkg string, ps ...string) bool {
	return slices.ContainsFunc(ps, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
}

// Who may know which of our packages. The first rule that a package is within
// counts; a package that no rule names is a hole in the design.
var mayKnow = []struct {
	pkg   string
	knows []string
}{
	{"fold/cmd/fold", []string{"fold"}},
	{"fold/llama", []string{"fold/llama", "fold/internal/kernel", "fold/internal/files", "fold/internal/fault"}},
	{"fold/internal/kernel", []string{"fold/internal/kernel"}},
	{"fold/internal", []string{"fold/internal"}},
	{"fold/r1cs", []string{"fold/r1cs", "fold/internal"}},
	{"fold/folding", []string{"fold/folding", "fold/r1cs", "fold/internal"}},
	{"fold/step", []string{"fold/step", "fold/llama", "fold/r1cs", "fold/internal"}},
	{"fold/checkpoint", []string{"fold/checkpoint", "fold/internal/files", "fold/internal/fault", "fold/internal/wire"}},
}

func TestImportsRunDownwards(t *testing.T) {
	for _, i := range importers(t) {
		if i.pkg() == "fold" || !within(i.imports, "fold") {
			continue // the root wires all of them
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
		require.True(t, within(i.imports, knows...), "%s imports %s; its package may know %v", i.file, i.imports, knows)
	}
}

// step knows the model's configuration, weights and trace, but neither where they
// come from nor how they were made.
func TestStepKnowsNoFilesAndNoFlags(t *testing.T) {
	for _, i := range importers(t) {
		if within(i.pkg(), "fold/step") {
			require.False(t, within(i.imports, "os", "flag", "path/filepath", "github.com/spf13", "fold/llama/source", "fold/llama/quantize"),
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

// What a verifier of proofs links has no compiler of circuits in it. Circuits are in
// packages of their own, which import these and never the other way round.
func TestNativePackagesLinkNoCompiler(t *testing.T) {
	for _, pkg := range []string{"fold/r1cs", "fold/folding", "fold/folding/spartan", "fold/step"} {
		out, err := exec.Command("go", "list", "-deps", pkg).CombinedOutput()
		require.NoError(t, err, "%s", out)
		for _, dep := range strings.Fields(string(out)) {
			require.False(t, within(dep, "github.com/consensys/gnark"), "%s links %s", pkg, dep)
		}
	}
}
