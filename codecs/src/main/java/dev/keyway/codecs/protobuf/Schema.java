package dev.keyway.codecs.protobuf;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.WrappersProto;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.CodecOptions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of one descriptor set, linked. Immutable; any thread. */
final class Schema {

    /** Google's files, which need not be in a set: name to linked file. */
    private static final Map<String, FileDescriptor> GOOGLE = Stream.of(
                    AnyProto.getDescriptor(),
                    ApiProto.getDescriptor(),
                    DescriptorProtos.getDescriptor(),
                    DurationProto.getDescriptor(),
                    EmptyProto.getDescriptor(),
                    FieldMaskProto.getDescriptor(),
                    SourceContextProto.getDescriptor(),
                    StructProto.getDescriptor(),
                    TimestampProto.getDescriptor(),
                    TypeProto.getDescriptor(),
                    WrappersProto.getDescriptor())
            .collect(Collectors.toUnmodifiableMap(FileDescriptor::getName, Function.identity()));

    private final Map<String, Descriptor> messages;

    private Schema(Map<String, Descriptor> messages) {
        this.messages = messages;
    }

    static Schema parse(String base64, CodecOptions options) throws CodecException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw options.bad("descriptor_set", "is not base64: " + e.getMessage());
        }
        FileDescriptorSet set;
        try {
            set = FileDescriptorSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw options.bad("descriptor_set", "is not a FileDescriptorSet: " + e.getMessage());
        }
        Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
        for (FileDescriptorProto file : set.getFileList()) {
            if (files.putIfAbsent(file.getName(), file) != null) {
                throw options.bad("descriptor_set", "holds the file " + file.getName() + " twice");
            }
        }
        if (files.isEmpty()) {
            throw options.bad("descriptor_set", "holds no file");
        }
        Map<String, FileDescriptor> linked = new LinkedHashMap<>();
        for (String name : files.keySet()) {
            link(name, null, files, linked, new LinkedHashSet<>(), options);
        }
        Map<String, Descriptor> messages = new LinkedHashMap<>();
        for (FileDescriptor file : linked.values()) {
            collect(file.getMessageTypes(), messages);
        }
        return new Schema(messages);
    }

    private static FileDescriptor link(
            String name,
            String importer,
            Map<String, FileDescriptorProto> files,
            Map<String, FileDescriptor> linked,
            Set<String> open,
            CodecOptions options)
            throws CodecException {
        FileDescriptor done = linked.get(name);
        if (done != null) {
            return done;
        }
        FileDescriptorProto file = files.get(name);
        if (file == null || GOOGLE.containsKey(name)) {
            FileDescriptor google = GOOGLE.get(name);
            if (google == null) {
                throw options.bad(
                        "descriptor_set",
                        "lacks " + name + ", imported by " + importer + "; make it with protoc --include_imports");
            }
            linked.put(name, google);
            return google;
        }
        if (!open.add(name)) {
            throw options.bad("descriptor_set", "has files that import each other: " + String.join(" → ", open));
        }
        if (open.size() > 256) {
            throw options.bad("descriptor_set", "has a chain of more than 256 imports");
        }
        List<FileDescriptor> imports = new ArrayList<>();
        for (String dependency : file.getDependencyList()) {
            imports.add(link(dependency, name, files, linked, open, options));
        }
        open.remove(name);
        try {
            FileDescriptor result = FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
            linked.put(name, result);
            return result;
        } catch (DescriptorValidationException e) {
            throw options.bad("descriptor_set", "does not link: " + e.getMessage());
        }
    }

    private static void collect(Collection<Descriptor> types, Map<String, Descriptor> into) {
        for (Descriptor type : types) {
            into.put(type.getFullName(), type);
            collect(type.getNestedTypes(), into);
        }
    }

    Descriptor message(String fullName, CodecOptions options) throws CodecException {
        Descriptor type = messages.get(fullName.startsWith(".") ? fullName.substring(1) : fullName);
        if (type == null) {
            Set<String> known = new TreeSet<>(messages.keySet());
            throw options.bad(
                    "message_type",
                    "is '" + fullName + "', which the descriptor set does not define; it defines "
                            + known.stream().limit(20).collect(Collectors.joining(", "))
                            + (known.size() > 20 ? " and " + (known.size() - 20) + " more" : ""));
        }
        return type;
    }

    /** What {@code google.protobuf.Any} may hold. */
    TypeRegistry types() {
        TypeRegistry.Builder types = TypeRegistry.newBuilder().add(messages.values());
        for (FileDescriptor file : GOOGLE.values()) {
            types.add(file.getMessageTypes());
        }
        return types.build();
    }
}
