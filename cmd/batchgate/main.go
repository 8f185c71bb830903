// Command batchgate is a file and EDI gateway for ERPs that have no API.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses: 0 done, 1 a finding of severity error or a failure, 2 wrong use.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(status)
}

// streams are where a command reads and writes. Results go to out, talk to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errFindings says that what had to be said is on the screen already and holds an error.
var errFindings = errors.New("findings of severity error")

// run runs one command line and gives the exit status.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFailed
	}
	fmt.Fprintf(s.err, "batchgate: %v\n", err)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintln(s.err, "hint: batchgate --help, or batchgate COMMAND --help")
		return exitUsage
	}
	return exitFailed
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "batchgate",
		Short: "file and EDI gateway for ERPs that have no API",
		Long: `batchgate is a file and EDI gateway for ERPs that have no API. It reads the batch files that ERPs and trading partners
drop, and says of every value in which bytes it stands.

Exit status: 0 done, 1 a finding of severity error or a failure, 2 wrong use.`,
		Example: `  batchgate read ORDERS.EDI
  batchgate validate ORDERS.EDI`,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{fmt.Errorf("unknown command %q", args[0])}
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newDemo(s), newInit(s), newCheck(s), newRun(s), newServe(s), newFiles(s), newDeliveries(s), newTrace(s), newReplay(s), newRestored(s), newStock(s), newArchive(s))
	root.AddCommand(newRead(s), newWrite(s), newFmt(s), newSplit(s), newDiff(s), newValidate(s), newExplain(s))
	root.AddCommand(newConvert(s), newSniff(s))
	root.AddCommand(newGuideline(s), newDirectory(s), newRules(s))
	root.AddCommand(newSandbox(s), newVersion(s))
	return root
}

// oneFile is the arguments of a command that takes one file.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return &usageError{fmt.Errorf("%s takes one file, or - for standard input; %d given", cmd.CommandPath(), len(args))}
	}
	return nil
}

// nothing is the arguments of a command that takes none.
func nothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Errorf("%s takes no argument; %q given", cmd.CommandPath(), args[0])}
	}
	return nil
}

// openFile opens a file, or standard input for "-".
func openFile(name string, in io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(in), nil
	}
	return os.Open(name)
}
