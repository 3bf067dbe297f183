package dev.keyway.gateway.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

@Command(
        name = "keyway",
        description = "Calls HTTP/2 handlers with the records of Kafka topics, in key order.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {ServerCommand.class, DevCommand.class, DemoCommand.class, ProduceCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false)
final class KeywayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private final Map<String, String> environment;

    KeywayCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Without a command there is nothing to run: the usage, and the exit code of a wrong argument. */
    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        command.usage(command.getErr());
        return ExitCode.USAGE;
    }

    Map<String, String> environment() {
        return environment;
    }
}
