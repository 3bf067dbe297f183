package dev.keyway.gateway.cli;

import dev.keyway.gateway.dev.Produce;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "produce",
        description = "Writes the lines of standard input as records, key and value parted by a separator.",
        sortOptions = false)
final class ProduceCommand implements Callable<Integer> {
    @ParentCommand
    private KeywayCommand keyway;

    @Parameters(paramLabel = "TOPIC", description = "The topic; created if it is missing.")
    private String topic;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Bootstrap servers. Default: ${DEFAULT-VALUE}.")
    private String kafka = "127.0.0.1:9092";

    @Option(
            names = "--separator",
            paramLabel = "TEXT",
            description = "Between key and value; the first one counts. Default: ${DEFAULT-VALUE}.")
    private String separator = ":";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of a topic that is created. Default: ${DEFAULT-VALUE}.")
    private int partitions = 4;

    @Override
    public Integer call() throws IOException {
        LogLevel.apply(null, keyway.environment(), LogLevel.WARN, LogLevel.ERROR);
        if (partitions < 1) {
            throw new CliException(ExitCode.USAGE, "--partitions is " + partitions + "; a topic has at least one");
        }
        if (separator.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "--separator is empty; name at least one character");
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        new Produce(kafka, topic, separator, partitions).run(lines, System.out);
        return ExitCode.OK;
    }
}
