// Command crosscheck says whether the program type-checks for other systems,
// each argument one: GOOS/GOARCH, or GOOS/GOARCH/TAG,TAG. It compiles nothing,
// which takes a minute for each system (SQLite's most of it); what only a
// compiler or a linker would refuse is seen by "make package".
//
// It exits with 1, and the errors, where one of them does not.
package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	here, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "crosscheck:", err)
		os.Exit(1)
	}
	failed := 0
	for _, target := range os.Args[1:] {
		n, err := check(target, here)
		if err != nil {
			fmt.Fprintln(os.Stderr, "crosscheck:", target+":", err)
		}
		if n > 0 || err != nil {
			failed++
		}
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// check reports the errors of one target to standard error and returns their
// number. Of packages that are not in here, the folder of the module, it reads
// the declarations only, and does not count what it misses there.
func check(target, here string) (int, error) {
	goos, rest, ok := strings.Cut(target, "/")
	if !ok {
		return 0, errors.New("want GOOS/GOARCH or GOOS/GOARCH/TAG,TAG")
	}
	goarch, tags, _ := strings.Cut(rest, "/")
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
			packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedSyntax,
		Dir:        here,
		Env:        append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch),
		BuildFlags: []string{"-tags=" + tags},
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if f != nil && !strings.HasPrefix(name, here+string(filepath.Separator)) {
				for _, d := range f.Decls {
					if fn, ok := d.(*ast.FuncDecl); ok {
						fn.Body = nil
					}
				}
			}
			return f, err
		},
	}, "./...")
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range pkgs {
		for _, e := range p.Errors {
			fmt.Fprintln(os.Stderr, target+":", e)
			n++
		}
	}
	return n, nil
}
